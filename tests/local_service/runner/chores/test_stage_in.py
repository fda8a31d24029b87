import contextlib
import http.server
import io
import threading
import zipfile
from pathlib import Path

import psutil
import pytest

from prominence_jupyter.local_service import control, reasons
from prominence_jupyter.local_service.runner.chores import stage_in
from tests.local_service.bare_image import member, packed
from tests.local_service.conftest import until

FILES = {
    "/plain.txt": b"plain",
    "/run.sh": b"#!/bin/sh\necho it runs\n",
    "/in.tar": packed([member("d/one", b"1"), member("d/two", b"2")]),
}


class _Server(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        path = self.path.partition("?")[0]
        if path == "/cut":
            self.send_response(200)
            self.send_header("Content-Length", "10")
            self.end_headers()
            self.wfile.write(b"half")
        elif path == "/stalls":
            self.send_response(200)
            self.end_headers()
            self.wfile.flush()
            with contextlib.suppress(OSError):
                self.connection.recv(1)  # until the other side is gone
        elif path == "/away":
            self.send_response(302)
            self.send_header("Location", "file:///etc/passwd")
            self.end_headers()
        elif path == "/moved":
            self.send_response(302)
            self.send_header("Location", "/plain.txt")
            self.end_headers()
        elif path in FILES:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(FILES[path])
        else:
            self.send_error(404)

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def web():
    """The URL of a server of files."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Server) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def staged(tmp_path):
    """Stage artifacts in and return the folder and the reason of a failure."""
    for name in ("work", "data"):
        (tmp_path / name).mkdir()

    def stage(*artifacts):
        artifacts = [one if isinstance(one, dict) else {"url": one} for one in artifacts]
        result = stage_in.run({"work": tmp_path / "work", "data": tmp_path / "data", "artifacts": artifacts})
        return tmp_path / "work", result.get("reason")

    return stage


def content(work):
    return {str(path.relative_to(work)): path.read_bytes() for path in work.rglob("*") if path.is_file()}


def test_a_job_finds_its_artifacts(api, web):
    data = api.info.state_dir / "data"
    data.mkdir(exist_ok=True)
    (data / "mine.txt").write_text("from data")
    artifacts = [
        {"url": f"{web}/run.sh?signature=SECRET", "executable": True},
        {"url": f"{web}/in.tar"},
        {"url": "mine.txt"},
    ]
    job = api.run("./run.sh", "sh -c 'cat d/* mine.txt; ls'", artifacts=artifacts)
    assert job["status"] == "completed"
    assert api.output(job["id"]) == "it runs\n12from data" + "d\nmine.txt\nrun.sh\n"
    assert job["execution"]["stageInTime"] > 0


def test_a_job_without_its_artifacts_fails_as_on_the_deployed_service(api, web):
    for url in (f"{web}/missing?signature=SECRET", "no-such-upload"):
        job = api.run("true", artifacts=[{"url": url}])
        assert (job["status"], job["statusReason"]) == ("failed", "Artifact download failed")
        assert job["execution"]["tasks"] == []
        said = api.output(job["id"], "stderr")
        assert said.startswith("prominence: ")
        assert "SECRET" not in said
        assert "Traceback" not in said


def test_a_download_that_stalls_ends_with_its_job_and_with_the_service(own_folder, connect, web):
    info = control.start(cpus=4, memory_gb=4)
    api = connect(info)
    deleted, left = (api.submit("true", artifacts=[{"url": f"{web}/stalls"}]) for _ in range(2))
    chores = until(lambda: len(them := psutil.Process(info.pid).children(recursive=True)[1:]) == 2 and them)
    assert api.run("echo one")["status"] == "completed"  # nobody else waits
    api.delete(deleted)
    until(lambda: sum(chore.is_running() for chore in chores) == 1)
    runner = psutil.Process(info.pid).children()[0]
    runner.kill()
    until(lambda: not any(chore.is_running() for chore in chores))
    assert api.ended(left)["statusReason"] == reasons.STOPPED


def test_a_mountpoint_needs_a_container(api, web):
    job = api.run("true", artifacts=[{"url": f"{web}/in.tar", "mountpoint": "d:/data"}])
    assert job["status"] == "failed"
    assert job["statusReason"] == "Artifacts cannot be mounted without a container; leave out their mountpoint"


@pytest.mark.parametrize(
    "artifact",
    [
        {"url": "ftp://example.org/file"},
        {"url": "file:///etc/passwd"},
        {"url": "../key"},
        {"url": "/etc/passwd"},
        {"url": "a\0b"},
        {"url": "."},
        {"url": "a", "mountpoint": "../..:/data"},
        {"url": "a", "mountpoint": "d:/data/../.."},
        {"url": "a", "mountpoint": "/etc:/data"},
    ],
)
def test_hostile_artifacts_are_refused(api, artifact):
    body = {
        "resources": {"cpus": 1, "memory": 1, "disk": 10},
        "tasks": [{"image": "busybox", "runtime": "singularity", "cmd": "true"}],
        "artifacts": [artifact],
    }
    answer = api("POST", "/jobs", json=body)
    assert answer.status_code == 400
    assert "artifacts" in answer.json()["error"]


def test_redirects_are_followed_on_the_web_only(staged, web, capsys):
    assert staged(f"{web}/moved")[1] is None
    work, reason = staged(f"{web}/away")
    assert reason == "Artifact download failed"
    assert content(work) == {"moved": b"plain"}


@pytest.mark.parametrize("path", ["/cut", "/missing.tar", "/", "/..", "", "/%2e%2e", "/a%00b"])
def test_what_cannot_be_downloaded_whole_fails(staged, web, path, capsys):
    assert staged(web + path)[1] == "Artifact download failed"
    assert capsys.readouterr().err.startswith("prominence: ")


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/x", "http://[/x", "http://no host/x", "https://127.0.0.1:9/x"])
def test_a_url_that_leads_nowhere_fails(staged, url, capsys):
    assert staged(url)[1] == "Artifact download failed"


def test_archives_are_unpacked_and_removed(staged, tmp_path):
    import bz2
    import gzip

    data = tmp_path / "data"
    tar = packed([member("d/one", b"1"), member("run", b"r", mode=0o755)])
    (data / "a.tar").write_bytes(tar)
    (data / "b.tgz").write_bytes(gzip.compress(packed([member("b", b"b")])))
    (data / "c.tar.gz").write_bytes(gzip.compress(packed([member("c", b"c")])))
    (data / "e.tar.bz2").write_bytes(bz2.compress(packed([member("e", b"e")])))
    (data / "f.txt.gz").write_bytes(gzip.compress(b"f"))
    (data / "g.bz2").write_bytes(bz2.compress(b"g"))
    with zipfile.ZipFile(data / "z.zip", "w") as archive:
        archive.writestr("z/one", "z")
        script = zipfile.ZipInfo("z/run")
        script.external_attr = 0o100755 << 16
        archive.writestr(script, "run")
    work, reason = staged(*sorted(path.name for path in data.iterdir()))
    assert reason is None
    assert content(work) == {
        "d/one": b"1",
        "run": b"r",
        "b": b"b",
        "c": b"c",
        "e": b"e",
        "f.txt": b"f",
        "g": b"g",
        "z/one": b"z",
        "z/run": b"run",
    }
    assert (work / "run").stat().st_mode & 0o100
    assert (work / "z/run").stat().st_mode & 0o100


def _zip(*names):
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for name in names:
            archive.writestr(name, "!")
    return written.getvalue()


@pytest.mark.parametrize(
    ("name", "packed_bytes"),
    [
        ("a.tar", packed([member("../../x", b"!")])),
        ("a.tar", packed([member("..", b"!")])),
        ("a.tar", packed([member("d", kind=b"5"), member("d/..", b"!")])),
        (
            "a.tar",
            packed([member("d/up", kind=b"2", link=".."), member("o", kind=b"2", link="d/up/.."), member("o/x", b"!")]),
        ),
        ("a.tar", packed([member("out", kind=b"2", link="../.."), member("out/x", b"!")])),
        ("a.tar", packed([member("x", kind=b"2", link="/etc/passwd")])),
        ("a.tar", packed([member("x", kind=b"1", link="../../secret")])),
        ("a.tar", packed([member("x", kind=b"3")])),
        ("a.tar", b"no archive"),
        ("a.tgz", b"\x1f\x8b\x08 broken"),
        ("a.zip", b"no archive"),
        ("a.gz", b"no archive"),
        ("a.bz2", b"no archive"),
    ],
)
def test_what_leads_outside_or_is_broken_is_not_unpacked(staged, tmp_path, name, packed_bytes, capsys):
    (tmp_path / "secret").write_text("secret")
    (tmp_path / "data" / name).write_bytes(packed_bytes)
    work, reason = staged(name)
    assert reason == "Artifact uncompress failed"
    assert not (tmp_path / "x").exists()
    assert (tmp_path / "secret").exists()
    assert not any(path.is_symlink() and not Path(path).resolve().is_relative_to(work) for path in work.rglob("*"))


def test_a_zip_stays_inside(staged, tmp_path):
    (tmp_path / "data" / "a.zip").write_bytes(_zip("../../x", "/y", "a/../../z"))
    work, reason = staged("a.zip")
    assert reason is None
    assert {path.name for path in work.rglob("*") if path.is_file()} == {"x", "y", "z"}


def test_an_uploaded_link_out_of_the_uploads_is_no_artifact(staged, tmp_path, capsys):
    (tmp_path / "key").write_text("secret")
    (tmp_path / "data" / "link").symlink_to("../key")
    assert staged("link")[1] == "Artifact download failed"
    with contextlib.suppress(FileNotFoundError):
        assert (tmp_path / "work" / "link").read_text() != "secret"
