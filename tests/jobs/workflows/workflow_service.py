"""A service of a few lines behind `responses` that has one workflow, its jobs and their outputs."""

import json
import re
from collections import Counter
from collections.abc import Callable

import responses

from prominence_jupyter.client.access.token import Token
from prominence_jupyter.client.http.transport import Transport
from prominence_jupyter.jobs.session import Session
from prominence_jupyter.jobs.workflows.workflow import Workflow
from tests.conftest import TOKEN, URL

RESOURCES = {"cpus": 1, "memory": 1, "disk": 1, "nodes": 1}


class WorkflowService:
    """What it has.

    Attributes
    ----------
    workflow
        As it describes it.
    jobs
        As it lists them.
    says
        The output of a job by id, or a function that returns an answer or raises.
    asked
        How often each output was asked for, by the job's id; and "jobs" in all, "plain" without detail, "/jobs/ID".
    """

    def __init__(self, *jobs: str, **more: object) -> None:
        described = [{"name": job, "resources": RESOURCES, "tasks": [{"image": "x", "cmd": "x"}]} for job in jobs]
        self.workflow = {"id": 1, "name": "w", "status": "running", "jobs": described, **more}
        self.jobs: list[dict] = []
        self.says: dict[int, str | Callable[[], tuple]] = {}
        self.asked: Counter[int | str] = Counter()

    def start(self, mock: responses.RequestsMock) -> None:
        """Answer from now on."""
        mock.add_callback("GET", f"{URL}/workflows/1", callback=lambda _: (200, {}, json.dumps([self.workflow])))
        mock.add_callback("GET", f"{URL}/jobs", callback=self._listing)
        mock.add_callback("GET", re.compile(rf"{re.escape(URL)}/jobs/\d+/stdout"), callback=self._output)
        mock.add_callback("GET", re.compile(rf"{re.escape(URL)}/jobs/\d+$"), callback=self._described)

    def has(self, node: str, says: object = "", *, exit_code: int = 0, **job: object) -> int:
        """Let it have a job, completed unless something else is said; return its id."""
        job_id = len(self.jobs) + 11
        execution = {"site": "Site-A", "tasks": [{"exitCode": exit_code, "wallTimeUsage": 0.5}]}
        made = {"id": job_id, "name": f"w/{node}", "status": "completed", "resources": RESOURCES, "tasks": [{}]}
        self.jobs.insert(0, made | {"events": {"createTime": 1000 + job_id}, "execution": execution} | job)
        self.says[job_id] = says
        return job_id

    def handle(self) -> Workflow:
        """Return a handle in a session of its own."""
        return Session(Transport(URL, Token(TOKEN, "a test"), sleep=lambda _: None)).workflow(1)

    def _listing(self, request):
        self.asked["jobs"] += 1
        assert request.params | {"detail": "true"} == {"workflow": "true", "id": "1", "all": "true", "detail": "true"}
        if "detail" in request.params:
            return 200, {}, json.dumps(self.jobs)
        self.asked["plain"] += 1
        kept = {"id", "name", "status", "events", "tasks"}
        return 200, {}, json.dumps([{key: job[key] for key in kept & job.keys()} for job in self.jobs])

    def _described(self, request):
        job_id = int(request.url.split("/")[-1])
        self.asked[f"/jobs/{job_id}"] += 1
        return 200, {}, json.dumps([job for job in self.jobs if job["id"] == job_id])

    def _output(self, request):
        job_id = int(request.url.split("/")[-2])
        self.asked[job_id] += 1
        says = self.says[job_id]
        return says() if callable(says) else (200, {}, says)


def sweep(values: list, name: str = "n") -> dict:
    """A factory of the job ``point``."""
    return {"name": "f", "type": "zip", "jobs": ["point"], "parameters": [{"name": name, "values": values}]}
