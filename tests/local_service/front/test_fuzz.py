"""Random requests never get an error of the server, and never end it. PROMINENCE_FUZZ is how many; a hundred else."""

import http.client
import json
import os
from contextlib import closing
from urllib.parse import quote, urlsplit

import psutil
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from prominence_jupyter.local_service.places.state import StateDir

IDS = ["1", "2", "3", "0", "-1", "007", "999999", str(10**17), str(2**63), "٣", "1.0", "abc"]
WORDS = [
    *("jobs", "workflows", "data", "upload", "resources", "kv", "ts", "accounting", "snapshot", "token", "health"),
    *("stdout", "stderr", "exec", "clone", "remove", "outputFiles", "outputDirs", "f.txt", "d", "..", ".", "", "~"),
    *("%2e%2e", "%2f", "%00", "%ff", "%", "a%0d%0ab", "\ud800", "ü", "x" * 300, "<script>", "*"),
]
QUERY = {
    "completed": ["true", "false", ""],
    "num": ["3", "0", "-1", "x", str(10**30), "1e9", "٣"],
    "id": [*IDS, "1,2,3", ",", "1,x"],
    "all": ["true", ""],
    "detail": ["true", ""],
    "workflow": ["true", "x"],
    "constraint": ["a=b", "a", "=", "a=b=c", "é=ü"],
    "name": ["one", "", "\x00", "%"],
    "status": ["idle", "running", "completed", ""],
    "offset": ["0", "5", "-1", "x", str(2**63), str(10**400)],
    "node": ["0", "1", "x"],
    "command": ["true", ",", "", "echo,x", "exit,3", "no-such-command-at-all"],  # they are run
    "expires": ["1", "x", str(10**12)],
    "signature": ["", "x", "ü"],
    "filename": ["f"],
    "path": ["/etc"],
}
HEADERS = {
    "Authorization": ["Bearer x", "Bearer", "Basic eDp5", "Bearer a.b.c", "Bearer \xff"],
    "Host": ["evil.example", "", "localhost"],
    "Content-Type": ["text/plain", "application/json; charset=latin-1", "", "multipart/form-data", "APPLICATION/JSON"],
    "Range": ["bytes=0-", "x"],
    "Expect": ["100-continue"],
    "Origin": ["https://evil.example"],
    "If-None-Match": ["*"],
    "Transfer-Encoding": ["chunked", "gzip", "x"],
    "Content-Encoding": ["gzip"],
    "Content-Length": ["-1", "x", "5", str(10**12)],
    "Cookie": ["a=b; \xff"],
    "X-Forwarded-For": ["1.2.3.4"],
    "Connection": ["close", "upgrade"],
    "Upgrade": ["websocket"],
}
odd = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8)
odd |= st.sampled_from([10**400, -(10**19), 1e308, "\x00", "../x", [], {}, [[]], {"a": {}}])
tree = st.recursive(
    odd, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
)


def rarely(usual, other):
    """Mostly one of the usual values, sometimes anything."""
    return st.sampled_from(usual * (12 // len(usual)) + [None]).flatmap(
        lambda value: other if value is None else st.just(value)
    )


def some_of(fields):
    """An object with some of the fields."""
    return st.fixed_dictionaries({}, optional=fields)


numbers = rarely([1, 2, 0.5, "1", 10**18], odd)
TASK = some_of(
    {
        "image": rarely(["busybox", "eoscprominence/testpi:none"], tree),
        "runtime": rarely(["singularity", "udocker"], tree),
        "cmd": st.sampled_from(["true", "false", "echo 'open", "", "no-such-command", None, 5]),  # they are run
        "env": rarely([{"A": "b"}], tree),
        "workdir": rarely(["d", "/tmp", "../up"], tree),
        "type": rarely(["basic", "sidecar", "openmpi"], tree),
        "imagePullCredential": rarely([{"username": "u", "token": "t"}], tree),
    }
)
JOB = some_of(
    {
        "name": rarely(["one", "a/b"], tree),
        "resources": rarely(
            [{"cpus": 1, "memory": 1, "disk": 1}],
            some_of(
                {
                    **dict.fromkeys(("cpus", "memory", "memoryPerCpu", "disk", "nodes", "walltime"), numbers),
                    "cpusRange": st.lists(numbers, max_size=3),
                    "totalCpusRange": st.lists(numbers, max_size=3),
                }
            ),
        ),
        "tasks": rarely(
            [[{"image": "busybox", "runtime": "singularity", "cmd": "true"}]], st.lists(TASK, max_size=2) | tree
        ),
        "labels": rarely([{"a": "b"}], tree),
        "inputs": rarely([[{"filename": "f", "content": "eA=="}]], tree),
        "outputFiles": rarely([["f.txt"]], st.lists(st.text(max_size=6), max_size=2) | tree),
        "outputDirs": rarely([["d"]], tree),
        "policies": rarely(
            [{"leaveInQueue": True}, {"priority": 10**400}, {"maximumRetries": 1, "priority": 5}],
            some_of({"priority": odd}),
        ),
        "artifacts": rarely([[], [], [{"url": "f.txt"}]], tree),
        "notifications": rarely([[{"event": "jobFinished", "type": "email"}]], tree),
    }
)
WORKFLOW = some_of(
    {
        "name": rarely(["one"], tree),
        "jobs": st.lists(JOB, max_size=2) | tree,
        "dependencies": rarely([{"one": ["one"]}, {"a": ["b"]}], tree),
        "factories": rarely([[{"name": "f", "type": "repeat", "jobs": ["one"], "number": 2}]], tree),
        "policies": tree,
        "labels": tree,
    }
)
whole = st.fixed_dictionaries({"resources": st.just({"cpus": 1, "memory": 1, "disk": 1})}).flatmap(
    lambda base: JOB.map(
        lambda job: {"tasks": [{"image": "a", "runtime": "singularity", "cmd": "true"}], **base, **job}
    )
)
bodies = st.one_of(
    st.just(b""),
    st.binary(max_size=40),
    st.sampled_from([b"{", b"[" * 5000, b"NaN", b'"\\ud800"', b'{"filename": "f.txt"}', b'{"filename": "../f"}']),
    *(kind.map(lambda value: json.dumps(value).encode()) for kind in (whole, JOB, WORKFLOW, tree)),
)
steps = st.lists(st.sampled_from(WORDS + IDS * 2) | st.text(max_size=4), max_size=5)
known = st.sampled_from(
    [
        *("jobs", "jobs", "jobs", "workflows", "data", "data/upload", "data/f.txt", "resources", "kv/x", "accounting"),
        *(f"jobs/{one}" for one in IDS[:5]),
        *(
            f"jobs/1/{what}"
            for what in ("stdout", "stderr", "exec", "clone", "remove", "snapshot", "outputFiles/f.txt")
        ),
        *(
            "workflows/4",
            "workflows/4/clone",
            "workflows/4/remove",
            "workflows/4/one/stdout",
            "workflows/4/one/0/stdout",
        ),
    ]
).map(lambda path: path.split("/"))
parameters = st.dictionaries(st.sampled_from([*QUERY]), st.integers(0, 20), max_size=4).map(
    lambda chosen: {name: QUERY[name][number % len(QUERY[name])] for name, number in chosen.items()}
)
headers = st.dictionaries(st.sampled_from([*HEADERS]), st.integers(0, 20), max_size=2).map(
    lambda chosen: {name: HEADERS[name][number % len(HEADERS[name])] for name, number in chosen.items()}
)
methods = rarely(
    ["GET", "POST", "POST", "PUT", "DELETE"], st.sampled_from(["HEAD", "OPTIONS", "PATCH", "TRACE", "ODD"])
)

plain = st.just({})
submissions = st.tuples(
    st.just("POST"),
    st.sampled_from([["jobs"], ["jobs"], ["workflows"]]),
    plain,
    plain,
    (whole | whole | WORKFLOW).map(lambda value: json.dumps(value).encode()),
)
parts_of_the_api = st.tuples(st.sampled_from(["GET", "GET", "POST", "PUT", "DELETE"]), known, parameters, plain, bodies)
anything = st.tuples(methods, known | steps, parameters, headers, bodies)


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    from prominence_jupyter.local_service import control

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PROMINENCE_LOCAL_DIR", str(tmp_path_factory.mktemp("fuzz")))
        yield control.start(cpus=8, memory_gb=8)
        control.stop()


@settings(
    max_examples=int(os.environ.get("PROMINENCE_FUZZ", "100")),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(request=submissions | parts_of_the_api | anything)
def test_no_request_is_too_much(service, request):
    method, path, query, more, body = request
    base = urlsplit(service.url)
    target = "/".join(quote(step, safe="%*~<>", errors="replace") for step in path)
    target += "?" + "&".join(f"{key}={quote(value, errors='replace')}" for key, value in query.items())
    usual = {"Authorization": f"Bearer {service.token()}", "Content-Type": "application/json"}
    with closing(http.client.HTTPConnection("127.0.0.1", base.port, timeout=20)) as connection:
        answer = ask(connection, method, f"{base.path}/{target}", body, usual | more)
    assert answer is None or answer < 500
    assert psutil.pid_exists(service.pid)


def ask(connection, method, target, body, headers):
    """The status of the answer; None if what was sent is no HTTP, and the connection closed for it."""
    announced = headers.get("Content-Length", "")
    try:
        connection.putrequest(method, target, skip_host="Host" in headers, skip_accept_encoding=True)
        for name, value in headers.items():
            connection.putheader(name, value)
        if not announced and "Transfer-Encoding" not in headers:
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders()
        if headers.get("Transfer-Encoding") == "chunked":
            connection.send(b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body) if body else b"0\r\n\r\n")
        else:
            connection.send(body + b" " * 5 if announced == "5" else body)
        return connection.getresponse().status
    except (http.client.HTTPException, ConnectionError):
        return None


def test_the_service_is_as_before(service, connect):
    api = connect(service)
    assert api.run("echo still here")["status"] == "completed"
    log = StateDir(service.state_dir).log.read_text()
    assert "Traceback" not in log
    assert service.token() not in log
