"""The files that the jobs of a workflow have left, in folders."""

import re
import signal
import threading
from collections.abc import Callable

import pytest
import responses

from prominence_jupyter.errors import AuthenticationFailed, OutputsUnread, UsageError
from tests.conftest import URL
from tests.jobs.workflows.workflow_service import WorkflowService, sweep

STORE = "https://store.test"


class Stored(WorkflowService):
    """One whose jobs have left files: content by job and name."""

    def __init__(self, *jobs: str, **more: object) -> None:
        super().__init__(*jobs, **more)
        self.described: list[int] = []
        self.fetched: list[str] = []
        self.content: dict[str, bytes | Callable[[], bytes]] = {}

    def start(self, mock: responses.RequestsMock) -> None:
        super().start(mock)
        mock.add_callback("GET", re.compile(rf"{STORE}/.*"), callback=self._stored)

    def left(self, node: str, **files: bytes | None) -> int:
        """Let it have a job that has left files, or has not made some."""
        job_id = len(self.jobs) + 11
        entries = []
        for name, content in files.items():
            made = {"url": f"{STORE}/{job_id}/{name}?secret=x", "size": len(content or b"")} if content else {}
            self.content[f"/{job_id}/{name}"] = content or b""
            entries.append({"name": name.replace("__", "/"), **made})
        return self.has(node, outputFiles=entries)

    def _described(self, request):
        self.described.append(int(request.url.split("/")[-1]))
        return super()._described(request)

    def _stored(self, request):
        path = request.url.removeprefix(STORE).partition("?")[0]
        self.fetched.append(path)
        content = self.content[path]
        return 200, {}, content() if callable(content) else content


@pytest.fixture
def service():
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        made = Stored("first", "point", factories=[sweep([1, 2, 3])])
        made.start(mock)
        yield made


def files(folder) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_each_job_has_a_folder_and_what_is_there_is_left_alone(service, tmp_path):
    service.left("first", a=b"A")
    service.left("point/0", a=b"0", sub__b=b"00", never=None)
    service.left("point/1", a=b"1")
    service.has("point/2", status="running", outputFiles=["a"])
    workflow, folder = service.handle(), tmp_path / "new"
    paths = workflow.download(folder)
    assert files(folder) == {"first/a": b"A", "point/0/a": b"0", "point/0/sub/b": b"00", "point/1/a": b"1"}
    assert sorted(path.relative_to(folder).as_posix() for path in paths) == sorted(files(folder))
    assert len(service.described) == 3

    (folder / "point/1/a").unlink()
    assert workflow.download(folder) == paths
    assert sorted(service.described) == [11, 12, 13, 13]
    assert len(service.fetched) == 5
    service.jobs[0] |= {"status": "completed", "outputFiles": [{"name": "a", "url": f"{STORE}/13/a", "size": 1}]}
    assert len(workflow.download(folder)) == 5
    assert files(folder)["point/2/a"] == b"1"


def test_nothing_of_another_size_is_written_over_unless_forced(service, tmp_path):
    service.left("first", a=b"A")
    service.left("point/0", a=b"0")
    (tmp_path / "point/0").mkdir(parents=True)
    (tmp_path / "point/0/a").write_text("mine")
    workflow = service.handle()
    with pytest.raises(UsageError, match="is there already, in another size: choose another folder, or write over it"):
        workflow.download(tmp_path)
    assert files(tmp_path) == {"point/0/a": b"mine"}
    workflow.download(tmp_path, force=True)
    assert files(tmp_path) == {"point/0/a": b"0", "first/a": b"A"}


def test_what_cannot_be_had_does_not_keep_the_others_from_coming(service, tmp_path):
    service.left("first", a=b"A", b=b"B")
    short = service.left("point/0", a=b"0", b=b"B")
    service.content[f"/{short}/a"] = b"longer"
    with pytest.warns(OutputsUnread, match=r"of 1 of 2 jobs could not all be had, those of point/0 .* has 6 bytes, w"):
        paths = service.handle().download(tmp_path)
    assert files(tmp_path) == {"first/a": b"A", "first/b": b"B", "point/0/b": b"B"}
    assert len(paths) == 3


@pytest.mark.parametrize("name", ["../../out", "/etc/out", "..", "a\\..\\..\\out"])
@pytest.mark.parametrize("of_job", [True, False])
def test_no_name_leads_out_of_the_folder(service, tmp_path, name, of_job):
    file = {"name": "a" if of_job else name, "url": f"{STORE}/11/a", "size": 1}
    service.has("first", "", outputFiles=[file], **({"name": name} if of_job else {}))
    service.content["/11/a"] = b"1"
    if of_job:
        del service.workflow["name"]  # else it would be no job of the workflow
    (tmp_path / "folder").mkdir()
    with pytest.warns(OutputsUnread, match="is no name of a file inside a folder"):
        assert service.handle().download(tmp_path / "folder") == []
    assert files(tmp_path) == {}


def test_nor_does_a_link_in_it(service, tmp_path):
    service.left("point/0", a=b"0")
    (tmp_path / "folder").mkdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "folder/point").symlink_to(tmp_path / "elsewhere")
    with pytest.warns(OutputsUnread, match="is a link that leads out of"):
        service.handle().download(tmp_path / "folder")
    assert [*(tmp_path / "elsewhere").iterdir()] == []


def test_a_token_that_is_not_accepted_is_raised(service, tmp_path):
    service.left("first", a=b"A")
    service.jobs[0]["id"] = 99
    with responses.RequestsMock() as refusing:
        refusing.get(f"{URL}/workflows/1", json=[service.workflow])
        refusing.get(f"{URL}/jobs", json=service.jobs)
        refusing.get(f"{URL}/jobs/99", json={"error": "Authentication failure"}, status=401)
        with pytest.raises(AuthenticationFailed):
            service.handle().download(tmp_path)


def test_after_an_interrupt_no_other_file_of_a_job_is_begun(service, tmp_path):
    service.left("first", a=b"A", b=b"B")
    goes_on, workflow = threading.Event(), service.handle()

    def interrupted():
        signal.raise_signal(signal.SIGINT)
        goes_on.wait(30)
        return b"A"

    service.content["/11/a"] = interrupted
    threads = {*threading.enumerate()}
    with pytest.raises(KeyboardInterrupt):
        workflow.download(tmp_path)
    goes_on.set()
    for thread in {*threading.enumerate()} - threads:
        thread.join(30)
    assert service.fetched == ["/11/a"]
