"""Fixtures that more than one folder of tests uses."""

import json
import signal
import tempfile
import threading
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import hypothesis
import pytest
import responses

from prominence_jupyter.client.access.token import Token
from prominence_jupyter.client.http.transport import Transport

CONTRACT = Path(__file__).parent / "contract"
URL = "https://prominence.test/api/v1"
TOKEN = "token-that-must-not-be-seen"

# benchmarks time things, tests do not; CI looks at a few examples each time, --hypothesis-profile=thorough at many once
hypothesis.settings.register_profile("quick", deadline=None, max_examples=40)
hypothesis.settings.register_profile("thorough", deadline=None, max_examples=500)
hypothesis.settings.load_profile("quick")

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # in the background; what tests start would ignore it too
    signal.signal(signal.SIGINT, signal.default_int_handler)


def exchanges(name: str) -> list[dict]:
    """The recorded exchanges of one contract file, in order."""
    return json.loads((CONTRACT / name).read_text(encoding="utf-8"))["exchanges"]


def replay(mock: responses.RequestsMock, recorded: list[dict]) -> None:
    """Register recorded answers; requests to the same place get them in order."""
    for exchange in recorded:
        request, response = exchange["request"], exchange["response"]
        parts = urlsplit(request["path"])
        matchers = [responses.matchers.query_param_matcher(dict(parse_qsl(parts.query)), strict_match=False)]
        mock.add(
            request["method"],
            URL + parts.path,
            status=response["status"],
            body=body_of(response),
            content_type=response["content_type"],
            match=matchers,
        )


def body_of(response: dict) -> bytes:
    """The body of a recorded answer."""
    import base64

    if "base64" in response:
        return base64.b64decode(response["base64"])
    if "text" in response:
        return response["text"].encode()
    return json.dumps(response["json"]).encode()


@pytest.fixture(scope="session", autouse=True)
def own_cache(tmp_path_factory):
    """A cache of ended jobs of the tests' own, not the one of whoever runs them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="session", autouse=True)
def jobs_run_on_the_host():
    """Whatever this machine has: most tests name images that are not there and run commands that are."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PROMINENCE_LOCAL_RUNTIME", "host")
        yield


@pytest.fixture
def transport() -> Transport:
    return Transport(URL, Token(TOKEN, "a test"), sleep=lambda _: None)


@pytest.fixture
def mock():
    with responses.RequestsMock(registry=responses.registries.OrderedRegistry) as mocked:
        yield mocked


@pytest.fixture(autouse=True, scope="session")
def own_runtime_folder():
    """A folder for the locks and sockets of local services: short, since the name of a socket has to be."""
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory(prefix="pj-") as folder:
        patch.setenv("XDG_RUNTIME_DIR", folder)
        yield


@pytest.fixture(scope="session")
def local_service(tmp_path_factory, own_runtime_folder):
    """A real local service of the tests' own, found by every process that the tests start."""
    from prominence_jupyter.local_service import control

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PROMINENCE_LOCAL_DIR", str(tmp_path_factory.mktemp("local")))
        patch.delenv("PROMINENCE_URL", raising=False)
        patch.delenv("PROMINENCE_TOKEN", raising=False)
        patch.setenv("HOME", str(tmp_path_factory.mktemp("home")))
        yield control.start(cpus=64, memory_gb=64)  # so that no test waits for what another has left running
        control.stop()


@pytest.fixture
def new_requests():
    """The threads of requests that have begun since: one that an earlier test has left may take a while to end."""
    before = set(threading.enumerate())
    return lambda: [one for one in threading.enumerate() if one.name == "prominence-request" and one not in before]
