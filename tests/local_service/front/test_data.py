"""Object storage of the local service: files that are uploaded for jobs to fetch."""

import contextlib
import socket
from urllib.parse import urlsplit

import psutil
import pytest
import requests

from prominence_jupyter.local_service.places.state import StateDir
from tests.local_service.conftest import until


@pytest.fixture
def plain():
    """Requests without the token."""
    with requests.Session() as http:
        http.trust_env = False
        yield http


def place(api, name):
    answer = api("POST", "/data/upload", json={"filename": name, "checksum": "0" * 64})
    assert (answer.status_code, set(answer.json())) == (201, {"url"})
    return answer.json()["url"]


def names(api, beginning=""):
    return [file["name"] for file in api("GET", f"/data{beginning and '/'}{beginning}").json()]


def uploading(api):
    with contextlib.suppress(FileNotFoundError):
        return [*StateDir(api.info.state_dir).uploads.iterdir()]
    return []


def test_a_file_comes_and_goes(api, plain):
    name = "folder/my file ü.txt"
    url = place(api, name)
    assert names(api, "folder") == []
    assert plain.put(url, data=b"one").status_code == 200
    assert plain.put(url, data=b"content").status_code == 200
    assert (StateDir(api.info.state_dir).data / name).read_bytes() == b"content"
    (file,) = api("GET", "/data/folder").json()
    assert (file["name"], file["size"], file["lastModified"][-3:]) == (name, 7, "GMT")
    download = plain.get(file["url"])
    assert (download.content, download.headers["Content-Type"]) == (b"content", "application/octet-stream")
    assert download.headers["Content-Disposition"].startswith("attachment;")
    assert name in names(api)
    answers = [api("DELETE", f"/data/{name}") for _ in range(2)]
    assert [(answer.status_code, answer.content) for answer in answers] == [(204, b"")] * 2
    assert names(api, "folder") == []
    assert not (StateDir(api.info.state_dir).data / "folder").exists()
    assert plain.get(file["url"]).json() == {"error": "No such file"}
    until(lambda: not uploading(api))


@pytest.mark.parametrize(
    "name", ["../up", "/etc/passwd", "a/../../up", "", ".", "a//b", "a\0b", "a\nb", "\ud800", "x" * 256]
)
def test_hostile_names_are_refused(api, name):
    answer = api("POST", "/data/upload", json={"filename": name})
    assert (answer.status_code, set(answer.json())) == (400, {"error"})


@pytest.mark.parametrize("body", [{}, [], {"filename": 1}])
def test_an_upload_needs_a_name(api, body):
    answer = api("POST", "/data", json=body)
    assert (answer.status_code, answer.json()) == (400, {"error": "An object name must be specified"})
    assert api("POST", "/data?name=ok").status_code == 201


def test_climbing_paths_lead_nowhere(api):
    port = int(urlsplit(api.info.url).port)
    for path in ("/data/../token", "/data/%2e%2e/token", "/data/..%2ftoken", "/jobs/1/outputFiles/..%2f..%2ftoken"):
        with socket.create_connection(("127.0.0.1", port)) as raw:
            head = (
                f"DELETE /api/v1{path} HTTP/1.0\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Bearer {api.info.token()}"
            )
            raw.sendall(f"{head}\r\n\r\n".encode())
            assert raw.recv(100).split()[1] in {b"400", b"403", b"404"}
    assert api.info.token()


def test_links_are_not_followed(api, plain, tmp_path):
    (tmp_path / "secret").write_text("secret")
    data = StateDir(api.info.state_dir).data
    data.mkdir(exist_ok=True)
    (data / "file-link").symlink_to(tmp_path / "secret")
    (data / "folder-link").symlink_to(tmp_path)
    assert not {"file-link", "folder-link/secret"} & {*names(api)}
    assert api("POST", "/data?name=folder-link/new").status_code == 400
    assert api("DELETE", "/data/folder-link/secret").status_code == 400
    assert plain.put(place(api, "file-link"), data=b"x").status_code == 200  # the link itself is replaced
    assert (tmp_path / "secret").read_text() == "secret"
    assert not (data / "file-link").is_symlink()
    (data / "folder-link").unlink()
    api("DELETE", "/data/file-link")


def test_what_a_file_stands_in_the_way_of_is_refused_with_the_reason(api, plain):
    assert plain.put(place(api, "way"), data=b"x").status_code == 200
    answer = plain.put(place(api, "way/below"), data=b"x")
    assert answer.status_code == 400
    assert answer.json()["error"].startswith("The file cannot be stored: ")
    until(lambda: not uploading(api))
    api("DELETE", "/data/way")


def test_only_who_has_the_url_can_put(api, plain):
    url = place(api, "hers")
    assert plain.put(url.replace("hers", "other"), data=b"x").status_code == 403
    assert api("PUT", "/data/hers", data=b"x").status_code == 403
    assert plain.get(url).status_code == 403
    assert plain.delete(url).status_code == 403
    assert api("PUT", "/data", data=b"x").status_code == 403
    assert plain.get(f"{api.info.url}/data").status_code == 401
    until(lambda: not uploading(api))
    assert names(api, "hers") == []


def test_uploads_may_be_larger_than_memory(api, plain):
    front = psutil.Process(api.info.pid)
    before = front.memory_info().rss
    pieces = (b"x" * 1_000_000 for _ in range(100))
    assert plain.put(place(api, "large"), data=pieces).status_code == 200
    assert api("GET", "/data/large").json()[0]["size"] == 100_000_000
    assert front.memory_info().rss - before < 30_000_000
    api("DELETE", "/data/large")


def test_an_upload_that_breaks_off_leaves_nothing(api):
    url = urlsplit(place(api, "broken"))
    with socket.create_connection(("127.0.0.1", url.port)) as raw:
        raw.sendall(
            f"PUT {url.path}?{url.query} HTTP/1.1\r\nHost: {url.netloc}\r\nContent-Length: 100\r\n\r\n123".encode()
        )
        until(lambda: uploading(api))
    until(lambda: not uploading(api))
    assert names(api, "broken") == []


@pytest.mark.parametrize("chunked", [False, True])
def test_other_bodies_may_have_a_megabyte(api, chunked):
    for size, expected in ((1024 * 1024, 400), (1024 * 1024 + 1, 413), (8_000_000, 413)):
        body = b" " * size
        answer = api(
            "POST", "/jobs", data=iter([body]) if chunked else body, headers={"Content-Type": "application/json"}
        )
        assert answer.status_code == expected
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "<title>413 " in answer.text


def test_who_sends_much_hears_that_the_token_is_wrong(api):
    api.http.headers["Authorization"] = "Bearer wrong"
    assert api("POST", "/jobs", data=b" " * 8_000_000).status_code == 401
