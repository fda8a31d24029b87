"""A service of a few lines behind `responses`: it takes jobs, keeps their labels, and lists them in its own way.

Or workflows, which are the same in all that matters here.
"""

import json
import re
from urllib.parse import parse_qs, urlsplit

import responses

from tests.conftest import URL


class LabelService:
    """What it has, and how it behaves.

    Attributes
    ----------
    place
        Path of all of them.
    jobs
        All jobs, as GET /jobs/N gives them.
    submissions
        What becomes of each submission or clone, in order: called with the request's job, to return an answer or raise.
        After the last one they are taken and answered as they should be.
    sent
        Method and path of each request, with the query.
    understands
        Whether it lists by label.
    down_for
        How many of the next GETs it cannot answer.
    """

    def __init__(self, place: str = "/jobs") -> None:
        self.place = place
        self.jobs: list[dict] = []
        self.submissions: list = []
        self.sent: list[str] = []
        self.understands = True
        self.down_for = 0

    def start(self, mock: responses.RequestsMock) -> None:
        """Answer from now on."""
        for method in (responses.GET, responses.POST, responses.PUT):
            mock.add_callback(method, re.compile(f"{re.escape(URL + self.place)}.*"), callback=self._answer)

    def has(self, **job: object) -> dict:
        """Let it have a job."""
        events = {"createTime": 1000 + len(self.jobs)}
        made = {"id": len(self.jobs) + 1, "name": "x", "status": "running", "labels": {}, "resources": {}} | job
        self.jobs.append({"events": events} | made)
        return self.jobs[-1]

    @property
    def submitted(self) -> int:
        """How often something was to be submitted."""
        return sum(not line.startswith("GET") for line in self.sent)

    def _answer(self, request):
        parts = urlsplit(request.url)
        path = parts.path.removeprefix(urlsplit(URL).path)
        self.sent.append(f"{request.method} {path}{'?' if parts.query else ''}{parts.query}")
        if request.method == "GET":
            if self.down_for > 0:
                self.down_for -= 1
                return 503, {}, "down"
            found = self._listed(parse_qs(parts.query)) if path == self.place else self._described(path)
            return found if isinstance(found, tuple) else (200, {}, json.dumps(found))
        if path == self.place:
            description = json.loads(request.body)
        else:
            (original,) = self._described(path.removesuffix("/clone"))
            description = {key: original[key] for key in ("name", "labels")}
        fate = self.submissions.pop(0) if self.submissions else take
        answer = fate(self, description)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def _described(self, path):
        return [job for job in self.jobs if path == f"{self.place}/{job['id']}"]

    def _listed(self, query):
        active = [job for job in self.jobs if job["status"] in {"pending", "running"}]
        ended = [job for job in self.jobs if job not in active]
        if self.understands and "constraint" in query:
            key, equals, value = query["constraint"][0].partition("=")
            if not equals:
                return 400, {"Content-Type": "application/json"}, json.dumps({"error": "Invalid constraint"})
            wanted = active + ended if "all" in query else active
            return [job for job in wanted if job["labels"].get(key) == value]
        wanted = ended[::-1][: int(query["num"][0])] if "completed" in query else active
        return [{key: job[key] for key in ("id", "name", "status", "events")} for job in wanted]


def take(service, description):
    """Take a submission and answer it."""
    job = service.has(**description)
    return 201, {}, json.dumps({"id": job["id"]})


def lose(answer):
    """Take a submission, and give this instead of the answer."""

    def fate(service, description):
        service.has(**description)
        return answer

    return fate


def never(answer):
    """Do not take a submission, and give this."""
    return lambda _service, _description: answer
