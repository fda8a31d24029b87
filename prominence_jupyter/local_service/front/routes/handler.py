"""What all routes share: what they work with, who may ask, how answers and errors look."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import PurePosixPath
from typing import Any, BinaryIO, Final, NoReturn
from urllib.parse import quote, unquote

from tornado.iostream import StreamClosedError
from tornado.web import HTTPError, RequestHandler, stream_request_body

from prominence_jupyter.local_service import reasons, trouble
from prominence_jupyter.local_service.capacity import Capacity
from prominence_jupyter.local_service.front import signed_urls, tokens
from prominence_jupyter.local_service.front.error_pages import error_page
from prominence_jupyter.local_service.front.refused import Refused
from prominence_jupyter.local_service.front.strict_json import strict_json
from prominence_jupyter.local_service.places.state import StateDir
from prominence_jupyter.local_service.store.job_row import JobRow
from prominence_jupyter.local_service.store.store import Store
from prominence_jupyter.protocol import status

BASE: Final = "/api/v1"
MOST_BODY_BYTES: Final = 1024 * 1024
"""Of all but uploads; the deployed service's limit."""
_CHUNK_BYTES: Final = 256 * 1024
_WHOLE: Final = re.compile("[0-9]{1,19}")
_TOO_LARGE: Final = 2**63
"""For SQLite and for files."""


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


@stream_request_body
class ServiceHandler(RequestHandler):
    """What all routes share: who may ask, and how errors look.

    A request is judged before its body comes, and answered after: who is still sending might not hear an answer. Of a
    body that is refused or too large nothing is kept.
    """

    def initialize(self, service: Service) -> None:
        """Take what tornado hands over from the list of routes."""
        self.service = service
        self.length = 0
        self._body = bytearray()
        self._is_refused = False

    def prepare(self) -> None:
        """Answer nobody without a token, and nobody who thinks that this is another host."""
        try:
            self.check_host()
            self.check_access()
        except HTTPError as refusal:
            self.refuse_after_the_body(refusal)

    def check_host(self) -> None:
        """Refuse a request that is for another host: a page from elsewhere may have made its name point here."""
        if self.request.headers.get("Host") not in self.service.hosts:
            raise HTTPError(HTTPStatus.FORBIDDEN)

    def check_access(self) -> None:
        """Refuse a request without a token. Routes with signed URLs do otherwise."""
        scheme, _, token = self.request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not tokens.is_valid(self.service.key, token.strip()):
            raise Refused("Authentication failure", HTTPStatus.UNAUTHORIZED)

    def check_signature(self) -> None:
        """Refuse a request whose URL this service has not signed, or whose time is over."""
        path = unquote(self.request.path)
        if not signed_urls.is_valid(self.service.key, str(self.request.method), path, self.query()):
            raise Refused("The URL is not signed, or its time is over", HTTPStatus.FORBIDDEN)

    def signed_url(self, method: str, path: str) -> str:
        """Return a URL that needs no token, of a path below the base."""
        return signed_urls.signed_url(self.service.key, method, self.request.host, f"{BASE}{path}")

    def refuse_after_the_body(self, refusal: HTTPError) -> None:
        """Raise this in the place of the route."""

        def raise_it(*_: str) -> NoReturn:
            raise refusal

        self._is_refused = True
        setattr(self, str(self.request.method).lower(), raise_it)

    def data_received(self, chunk: bytes) -> None:
        """Take a piece of the body."""
        self.length += len(chunk)
        if self._is_refused:
            return
        if self.length > MOST_BODY_BYTES:
            self._body.clear()
            self.refuse_after_the_body(HTTPError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE))
            return
        self._body += chunk

    def answer(self, value: Any, code: HTTPStatus = HTTPStatus.OK) -> None:
        """Send JSON."""
        self.set_status(code)
        self.set_header("Content-Type", "application/json")
        self.finish(json.dumps(value, sort_keys=True))

    def write_error(self, status_code: int, **more: Any) -> None:
        """Send an error: words in JSON if a route refuses, else a page."""
        error = more.get("exc_info", (None, None))[1]
        if isinstance(error, Refused):
            self.answer({"error": error.words}, HTTPStatus(status_code))
            return
        if words := trouble.words(error, self.service.state):
            self.answer({"error": words}, HTTPStatus(status_code))
            return
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.finish(error_page(status_code))

    def body(self) -> Any:
        """Return the JSON that was sent."""
        if self.request.headers.get("Content-Type", "").partition(";")[0].strip().lower() != "application/json":
            raise HTTPError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
        try:
            return strict_json(bytes(self._body))
        except ValueError as error:
            raise HTTPError(HTTPStatus.BAD_REQUEST) from error

    def job(self, job_id: str) -> JobRow:
        """Return a job, or refuse to."""
        row = self.service.store.jobs.get(int(job_id))
        if row is None:
            raise Refused("Job does not exist")
        return row

    def add(self, description: dict[str, Any]) -> None:
        """Add a job and answer with its id."""
        service = self.service
        job_id = service.store.jobs.add(description, lambda new_id: tokens.mint(service.key, f"job-{new_id}"))
        if not service.capacity.could_run(description["resources"]):
            service.store.jobs.finish(job_id, status.FAILED, reasons.NO_RESOURCES)
        service.wake_runner()
        self.answer({"id": job_id}, HTTPStatus.CREATED)

    def decode_argument(self, value: bytes, name: str | None = None) -> str:  # noqa: ARG002 - as tornado has it
        """Decode a part of the URL; what cannot be is not quoted in the log: a query may be a signature."""
        try:
            return value.decode()
        except UnicodeDecodeError:
            raise Refused("The URL is not UTF-8") from None

    def query(self) -> dict[str, str]:
        """Return the parameters of the query; of those that come more than once the first."""
        return {name: self.get_query_arguments(name, strip=False)[0] for name in self.request.query_arguments}

    def whole_number(self, name: str) -> int:
        """Return a parameter of the query that is a whole number, 0 or more; 0 if it is not there."""
        text = self.query().get(name, "0")
        if not _WHOLE.fullmatch(text) or int(text) >= _TOO_LARGE:
            raise Refused(f"{name} must be a whole number, 0 or more")
        return int(text)

    async def send_file(self, file: BinaryIO, offset: int = 0) -> None:
        """Send what is there now from a byte on; a file of any size passes through in pieces. It is closed here."""
        with file, contextlib.suppress(StreamClosedError):  # who asked may go at any time
            left = file.seek(0, 2) - offset  # a job that writes faster than we send must not keep us for ever
            if left > 0:  # a file system need not know a place as far out as an offset can be
                file.seek(offset)
            while left > 0 and (chunk := file.read(min(left, _CHUNK_BYTES))):
                left -= len(chunk)
                self.write(chunk)
                await self.flush()
                await asyncio.sleep(0)  # one that reads as fast as we write lets nobody else have a turn

    async def send_attachment(self, file: BinaryIO, name: str) -> None:
        """Send a file that a browser saves and does not show. It is closed here."""
        self.set_header("Content-Type", "application/octet-stream")
        self.set_header("Content-Disposition", f"attachment; filename*=UTF-8''{quote(PurePosixPath(name).name)}")
        self.set_header("Content-Length", str(os.fstat(file.fileno()).st_size))
        await self.send_file(file)

    def set_default_headers(self) -> None:
        """Keep browsers from guessing at types."""
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Cache-Control", "no-store")


class UnknownHandler(ServiceHandler):
    """Every other path."""

    def check_access(self) -> None:
        """Answer 404, to those with a token."""
        super().check_access()
        raise HTTPError(HTTPStatus.NOT_FOUND)
