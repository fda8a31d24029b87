"""The HTTP routes: the jobs API of the documentation, sections 7.1.1 to 7.1.6."""

from __future__ import annotations

import asyncio
import contextlib
import json
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final

from tornado.iostream import StreamClosedError
from tornado.log import access_log
from tornado.web import Application, HTTPError, RequestHandler

from prominence_jupyter.local_service import reasons
from prominence_jupyter.local_service.capacity import Capacity
from prominence_jupyter.local_service.front import submission, tokens
from prominence_jupyter.local_service.front.error_pages import error_page
from prominence_jupyter.local_service.front.listing import Listing, Refused
from prominence_jupyter.local_service.scratch import Scratch
from prominence_jupyter.local_service.state import StateDir
from prominence_jupyter.local_service.store import Store
from prominence_jupyter.protocol import status
from prominence_jupyter.protocol.paths import Stream

BASE: Final = "/api/v1"
_ID: Final = r"([0-9]{1,18})"
"""What SQLite takes as an integer."""
_CHUNK_BYTES: Final = 256 * 1024
_MAX_DEPTH: Final = 50


@dataclass(frozen=True, slots=True)
class Service:
    """What the routes work with."""

    state: StateDir
    store: Store
    capacity: Capacity
    key: bytes = field(repr=False)
    hosts: frozenset[str]
    """Values of the Host header that are answered: a page from elsewhere could make its own name point here."""
    wake_runner: Callable[[], None]


def application(service: Service) -> Application:
    """Return the application with all routes."""
    own = {"service": service}
    routes: list[Any] = [
        (f"{BASE}/jobs", JobsHandler, own),
        (f"{BASE}/jobs/{_ID}", JobHandler, own),
        (f"{BASE}/jobs/{_ID}/clone", CloneHandler, own),
        (f"{BASE}/jobs/{_ID}/(stdout|stderr)", OutputHandler, own),
    ]
    return Application(routes, default_handler_class=UnknownHandler, default_handler_args=own, log_function=_log)


def _log(handler: RequestHandler) -> None:
    """Log a request without its query. Reads that went well are not worth a line: watching would fill the disk."""
    code, request = handler.get_status(), handler.request
    if request.method != "GET" or code >= HTTPStatus.BAD_REQUEST:
        access_log.info("%d %s %s", code, request.method, request.path.encode("unicode_escape").decode())


class ServiceHandler(RequestHandler):
    """What all routes share: who may ask, and how errors look."""

    def initialize(self, service: Service) -> None:
        """Take what tornado hands over from the list of routes."""
        self.service = service

    def prepare(self) -> None:
        """Answer nobody without a token, and nobody who thinks that this is another host."""
        if self.request.headers.get("Host") not in self.service.hosts:
            raise HTTPError(HTTPStatus.FORBIDDEN)
        scheme, _, token = self.request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not tokens.is_valid(self.service.key, token.strip()):
            self.refuse("Authentication failure", HTTPStatus.UNAUTHORIZED)

    def answer(self, value: Any, code: HTTPStatus = HTTPStatus.OK) -> None:
        """Send JSON."""
        self.set_status(code)
        self.set_header("Content-Type", "application/json")
        self.finish(json.dumps(value, sort_keys=True))

    def refuse(self, words: str, code: HTTPStatus = HTTPStatus.BAD_REQUEST) -> None:
        """Send an error of a route."""
        self.answer({"error": words}, code)

    def write_error(self, status_code: int, **_: Any) -> None:
        """Send an error from outside the routes."""
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.finish(error_page(status_code))

    def add(self, description: dict[str, Any]) -> None:
        """Add a job and answer with its id."""
        service = self.service
        job_id = service.store.add(description, lambda new_id: tokens.mint(service.key, f"job-{new_id}"))
        if not service.capacity.could_run(description["resources"]):
            service.store.finish(job_id, status.FAILED, reasons.NO_RESOURCES)
        service.wake_runner()
        self.answer({"id": job_id}, HTTPStatus.CREATED)

    def whole_number(self, name: str, default: int) -> int | None:
        """Return a parameter of the query, or None when it is not a whole number that SQLite takes."""
        try:
            value = int(self.get_query_argument(name, str(default)))
        except ValueError:
            return None
        return value if abs(value) < 2**63 else None

    def set_default_headers(self) -> None:
        """Keep browsers from guessing at types."""
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Cache-Control", "no-store")


class UnknownHandler(ServiceHandler):
    """Every other path."""

    def prepare(self) -> None:
        """Answer 404, after the same checks."""
        super().prepare()
        if not self._finished:
            raise HTTPError(HTTPStatus.NOT_FOUND)


class JobsHandler(ServiceHandler):
    """All jobs."""

    def get(self) -> None:
        """List active jobs, or those that the query is about."""
        query = {name: self.get_query_argument(name) for name in self.request.query_arguments}
        try:
            self.answer(Listing.from_query(query).answer(self.service.store))
        except Refused as refusal:
            self.refuse(str(refusal), refusal.code)

    def post(self) -> None:
        """Submit a job."""
        if self.request.headers.get("Content-Type", "").partition(";")[0].strip().lower() != "application/json":
            raise HTTPError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
        try:
            description = submission.accept(_strict_json(self.request.body))
        except submission.Refused as refusal:
            self.refuse(str(refusal))
            return
        self.add(description)


class JobHandler(ServiceHandler):
    """One job."""

    def get(self, job_id: str) -> None:
        """Describe it: a list of one, or an empty list."""
        row = self.service.store.get(int(job_id))
        self.answer([row.to_json(detail=True)] if row else [])

    def delete(self, job_id: str) -> None:
        """End it, unless it has ended."""
        if not self.service.store.finish(int(job_id), status.DELETED, reasons.DELETED):
            self.refuse("No such job(s)")
            return
        self.service.wake_runner()
        self.answer({})


class CloneHandler(ServiceHandler):
    """A copy of one job."""

    def put(self, job_id: str) -> None:
        """Submit what was submitted for it, once more."""
        row = self.service.store.get(int(job_id))
        if row is None:
            self.refuse("Job does not exist")
        else:
            self.add(row.description)


class OutputHandler(ServiceHandler):
    """Standard output or error of one job."""

    async def get(self, job_id: str, stream: Stream) -> None:
        """Send what is there now, from the byte `offset` on; a log of any size passes through in pieces."""
        offset = self.whole_number("offset", 0)
        if offset is None or offset < 0:
            self.refuse("offset must be a whole number of bytes, 0 or more")
            return
        if self.service.store.get(int(job_id)) is None:
            self.refuse("Job does not exist")
            return
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        try:
            file = Scratch(self.service.state.job(int(job_id))).output(stream).open("rb")
        except FileNotFoundError:  # it has not started
            return
        with file, contextlib.suppress(StreamClosedError):  # who asked may go at any time
            left = file.seek(0, 2) - offset  # a job that writes faster than we send must not keep us for ever
            if left > 0:  # a file system need not know a place as far out as an offset can be
                file.seek(offset)
            while left > 0 and (chunk := file.read(min(left, _CHUNK_BYTES))):
                left -= len(chunk)
                self.write(chunk)
                await self.flush()
                await asyncio.sleep(0)  # one that reads as fast as we write lets nobody else have a turn


def _strict_json(body: bytes) -> Any:
    """Read JSON as the standard has it: no NaN, nothing infinite; and no nesting that would break a later reader."""
    try:
        value = json.loads(body, parse_constant=_no_constant, parse_float=_finite)
    except (ValueError, RecursionError) as error:
        raise HTTPError(HTTPStatus.BAD_REQUEST) from error
    level = [value]
    for _ in range(_MAX_DEPTH):
        level = [item for outer in level if isinstance(outer, dict | list) for item in _items(outer)]
    if level:
        raise HTTPError(HTTPStatus.BAD_REQUEST)
    return value


def _items(outer: dict[str, Any] | list[Any]) -> Iterable[Any]:
    return outer.values() if isinstance(outer, dict) else outer


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"{text} is too large")
    return value
