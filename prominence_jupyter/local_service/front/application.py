"""The application: which path leads to which route."""

from __future__ import annotations

import shutil
from http import HTTPStatus
from typing import Any, Final

from tornado.log import access_log
from tornado.web import Application, RequestHandler

from prominence_jupyter.local_service.front.address import BASE
from prominence_jupyter.local_service.front.routes.data import DataHandler
from prominence_jupyter.local_service.front.routes.disabled import DisabledHandler
from prominence_jupyter.local_service.front.routes.execute import ExecHandler
from prominence_jupyter.local_service.front.routes.handler import Service, UnknownHandler
from prominence_jupyter.local_service.front.routes.jobs import CloneHandler, JobHandler, JobsHandler, RemoveHandler
from prominence_jupyter.local_service.front.routes.output import OutputHandler
from prominence_jupyter.local_service.front.routes.resources import ResourcesHandler
from prominence_jupyter.local_service.front.routes.staged import StagedHandler
from prominence_jupyter.local_service.front.routes.workflows import (
    WorkflowCloneHandler,
    WorkflowHandler,
    WorkflowOutputHandler,
    WorkflowRemoveHandler,
    WorkflowsHandler,
)

_ID: Final = r"([0-9]{1,18})"
"""What SQLite takes as an integer."""


def application(service: Service) -> Application:
    """Return the application with all routes."""
    own = {"service": service}
    shutil.rmtree(service.state.uploads, ignore_errors=True)  # of a front that was killed
    routes: list[Any] = [
        (f"{BASE}/jobs", JobsHandler, own),
        (f"{BASE}/jobs/{_ID}", JobHandler, own),
        (f"{BASE}/jobs/{_ID}/clone", CloneHandler, own),
        (f"{BASE}/jobs/{_ID}/exec", ExecHandler, own),
        (f"{BASE}/jobs/{_ID}/remove", RemoveHandler, own),
        (f"{BASE}/jobs/{_ID}/(stdout|stderr)", OutputHandler, own),
        (f"{BASE}/workflows", WorkflowsHandler, own),
        (f"{BASE}/workflows/{_ID}", WorkflowHandler, own),
        (f"{BASE}/workflows/{_ID}/clone", WorkflowCloneHandler, own),
        (f"{BASE}/workflows/{_ID}/remove", WorkflowRemoveHandler, own),
        (f"{BASE}/workflows/{_ID}/(.+)/(stdout|stderr)", WorkflowOutputHandler, own),
        (f"{BASE}/jobs/{_ID}/(outputFiles|outputDirs)/(.+)", StagedHandler, own),
        (f"{BASE}/jobs/{_ID}/snapshot", DisabledHandler, own),
        (f"{BASE}/data", DataHandler, own),
        (f"{BASE}/data/(.+)", DataHandler, own),
        (f"{BASE}/resources", ResourcesHandler, own),
        (f"{BASE}/(?:kv|ts|accounting|token)(?:/.*)?", DisabledHandler, own),
    ]
    return Application(routes, default_handler_class=UnknownHandler, default_handler_args=own, log_function=_log)


def _log(handler: RequestHandler) -> None:
    """Log a request without its query. Reads that went well are not worth a line: watching would fill the disk."""
    code, request = handler.get_status(), handler.request
    if request.method != "GET" or code >= HTTPStatus.BAD_REQUEST:
        access_log.info("%d %s %s", code, request.method, request.path.encode("unicode_escape").decode())
