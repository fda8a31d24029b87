"""A model of a service, in place of the client: jobs that are evicted, missed, listed twice, and faults on demand."""

import contextlib
import itertools
from dataclasses import dataclass, field

from prominence_jupyter.client.http.failures import RequestLost
from prominence_jupyter.errors import (
    AuthenticationFailed,
    ServiceFailed,
    TokenExpired,
    UnexpectedAnswer,
    Unreachable,
)
from prominence_jupyter.protocol.record import JobRecord

PAGE = b"<!DOCTYPE html><title>502 Bad Gateway</title>"
FAULTS = {
    "no connection": lambda: Unreachable("no connection"),
    "lost": lambda: RequestLost("the connection broke"),
    "hangs": lambda: RequestLost("no answer within 30 s"),
    "401": lambda: AuthenticationFailed("no", 401),
    "expired": lambda: TokenExpired("the token expired"),
    "500": lambda: ServiceFailed("oh", 500),
    "429": lambda: ServiceFailed("too many", 429, retry_after_s=20),
    "page": lambda: UnexpectedAnswer("HTML"),
}
TIMEOUT_S = 30.0


def fault(name):
    """A new error of a kind."""
    return FAULTS[name]()


@dataclass
class ModelJob:
    """A job as it really is."""

    id: int
    status: str = "pending"
    active: bool = True
    started: int | None = None
    ended: int | None = None
    log: bytes = b""
    old_log: bytes | None = None
    """What is still given of the run before."""
    is_missed: bool = False
    """The next listing, and the next answer about it, lack it."""
    listed_twice: str | None = None
    """With this other status too, in the next listing."""
    lags: JobRecord | None = None
    """The next answer about it, from before."""
    records: dict = field(default_factory=dict)
    statuses: set = field(default_factory=lambda: {"pending"})

    def becomes(self, status):
        self.status = status
        self.statuses.add(status)

    def record(self, status=None, *, detail):
        """A report; the same object again while nothing has changed, as from `KnownRecords`."""
        key = (status or self.status, self.started, self.ended, detail)
        if key not in self.records:
            events = {"createTime": 1, "startTime": self.started, "endTime": self.ended}
            found = {"id": self.id, "status": key[0], "events": {name: at for name, at in events.items() if at}}
            found |= {"resources": {}, "execution": {}} if detail else {}
            self.records[key] = JobRecord.from_json(found)
        return self.records[key]


class Model:
    """The service, a clock, and what was asked when."""

    def __init__(self, *, jobs=2, offsets=True, tells_start=True):
        self.now = 1000.0
        self.wall = 1.8e9
        self.offsets, self.tells_start = offsets, tells_start
        self.jobs = {number: ModelJob(number) for number in range(1, jobs + 1)}
        self.fault: str | None = None
        self.breaks = itertools.repeat(None)
        """For each answer with output after how many bytes it breaks, None for not."""
        self.quiet_until = 0.0
        self.listings: list[float] = []
        self.requests: list[float] = []
        self.violations: list[str] = []
        self._starts = itertools.count(10)

    def clock(self):
        return self.now

    def pass_time(self, seconds, *, wall=None):
        self.now += seconds
        self.wall += seconds if wall is None else wall

    def start(self, job):
        job.becomes("running")
        job.started = next(self._starts) if self.tells_start else None

    def _request(self):
        if self.fault == "expired":  # nothing is sent
            raise fault("expired")
        self.requests.append(self.now)
        if self.now < self.quiet_until:
            self.violations.append(f"asked {self.quiet_until - self.now} s too early")
        if self.fault == "hangs":
            self.pass_time(TIMEOUT_S)
        if self.fault == "429":
            self.quiet_until = self.now + 20
        if self.fault and self.fault != "page":
            raise fault(self.fault)

    def _json_request(self):
        self._request()
        if self.fault == "page":
            raise fault("page")

    def active_jobs(self):
        self.listings.append(self.now)
        self._json_request()
        records = []
        for job in self.jobs.values():
            if job.active and not job.is_missed:
                records.append(job.record(detail=False))
            if job.listed_twice:
                records.insert(len(job.listed_twice) % 2, job.record(job.listed_twice, detail=False))
                job.listed_twice = None
            if job.is_missed and job.active:
                job.is_missed = False
        return records

    def job(self, job_id):
        self._json_request()
        job = self.jobs[job_id]
        if job.is_missed:
            job.is_missed = False
            return None
        lags, job.lags = job.lags, None
        return lags or job.record(detail=True)

    def completed_jobs(self, num):
        self._json_request()
        return [job.record(detail=True) for job in self.jobs.values() if not job.active][:num]

    def jobs_with_ids(self, ids):
        self._json_request()
        return [self.jobs[number].record(detail=True) for number in ids]

    @contextlib.contextmanager
    def output_pieces(self, job_id, stream, offset=None):
        self._request()
        job = self.jobs[job_id]
        log = job.log if job.old_log is None else job.old_log
        answer = PAGE if self.fault == "page" else log[offset or 0 if self.offsets else 0 :]
        yield self._pieces(answer if stream == "stdout" else b"", next(self.breaks))

    def _pieces(self, answer, breaks_after):
        for start in range(0, len(answer), 100):
            if breaks_after is not None and start >= breaks_after:
                raise RequestLost("the connection broke")
            yield answer[start : start + 100]
