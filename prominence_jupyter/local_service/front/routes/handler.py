"""What all routes share: what they work with, who may ask, how answers and errors look."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from tornado.web import HTTPError, RequestHandler

from prominence_jupyter.local_service import reasons, trouble
from prominence_jupyter.local_service.capacity import Capacity
from prominence_jupyter.local_service.front import tokens
from prominence_jupyter.local_service.front.error_pages import error_page
from prominence_jupyter.local_service.front.strict_json import strict_json
from prominence_jupyter.local_service.state import StateDir
from prominence_jupyter.local_service.store.store import Store
from prominence_jupyter.protocol import status


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

    def write_error(self, status_code: int, **details: Any) -> None:
        """Send an error from outside the routes; of a full disk or a damaged database say what to do."""
        _, error, _ = details.get("exc_info", (None, None, None))
        if words := trouble.words(error, self.service.state):
            self.refuse(words, HTTPStatus(status_code))
            return
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.finish(error_page(status_code))

    def body(self) -> Any:
        """Return the JSON that was sent."""
        if self.request.headers.get("Content-Type", "").partition(";")[0].strip().lower() != "application/json":
            raise HTTPError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
        try:
            return strict_json(self.request.body)
        except ValueError as error:
            raise HTTPError(HTTPStatus.BAD_REQUEST) from error

    def add(self, description: dict[str, Any]) -> None:
        """Add a job and answer with its id."""
        service = self.service
        job_id = service.store.jobs.add(description, lambda new_id: tokens.mint(service.key, f"job-{new_id}"))
        if not service.capacity.could_run(description["resources"]):
            service.store.jobs.finish(job_id, status.FAILED, reasons.NO_RESOURCES)
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
