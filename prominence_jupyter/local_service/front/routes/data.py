"""Object storage: list, upload, download and delete files that jobs can fetch.

Files come and go by signed URLs, as those of the deployed service's storage do.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import IO, Final

from tornado.web import HTTPError

from prominence_jupyter.local_service.front.data_folder import DataFolder
from prominence_jupyter.local_service.front.files import open_inside, path_inside
from prominence_jupyter.local_service.front.refused import Refused
from prominence_jupyter.local_service.front.routes.handler import Service, ServiceHandler

_MOST_UPLOAD_BYTES: Final = 2**62
"""What fits on the disk is taken."""


class DataHandler(ServiceHandler):
    """All files, those whose names begin alike, or one."""

    def initialize(self, service: Service) -> None:
        """Take what tornado hands over from the list of routes."""
        super().initialize(service)
        self._folder = DataFolder(service.state)
        self._draft: IO[bytes] | None = None

    def check_access(self) -> None:
        """Let a signature stand for the token where a file comes or goes, and make room for one that comes."""
        if self.request.method != "PUT" and "signature" not in self.request.query_arguments:
            super().check_access()
            return
        self.check_signature()
        if self.request.method == "PUT":
            self._draft = self._folder.draft()
            self.request.connection.set_max_body_size(_MOST_UPLOAD_BYTES)  # type: ignore[union-attr]

    def data_received(self, chunk: bytes) -> None:
        """Take a piece of the body; an upload goes to the disk."""
        if self._draft is None:
            super().data_received(chunk)
            return
        try:
            self._draft.write(chunk)
        except OSError as error:
            self._discard()
            self.refuse_after_the_body(Refused(f"The file cannot be stored: {error.strerror}"))

    async def get(self, path: str = "") -> None:
        """List the files whose names begin so; by a signed URL, send one."""
        if "signature" in self.request.query_arguments:
            await self.send_attachment(open_inside(self.service.state.data, path), path)
        else:
            files = self._folder.listed(path)
            self.answer([{**file, "url": self.signed_url("GET", f"/data/{file['name']}")} for file in files])

    def post(self, path: str = "upload") -> None:
        """Answer with the URL to which a file is to be put."""
        if path != "upload":
            raise HTTPError(HTTPStatus.METHOD_NOT_ALLOWED)
        name = self.query().get("name")
        if name is None:
            asked = self.body()
            name = asked.get("filename") if isinstance(asked, dict) else None
        if not isinstance(name, str):
            raise Refused("An object name must be specified")
        path_inside(self.service.state.data, name)
        self.answer({"url": self.signed_url("PUT", f"/data/{name}")}, HTTPStatus.CREATED)

    def put(self, path: str = "") -> None:
        """Keep what was uploaded."""
        if self._draft is None:
            raise HTTPError(HTTPStatus.METHOD_NOT_ALLOWED)
        self._folder.keep(self._draft, path)
        self.answer({})

    def delete(self, path: str = "") -> None:
        """Delete a file; one that is not there is none either."""
        if not path:
            raise HTTPError(HTTPStatus.METHOD_NOT_ALLOWED)
        self._folder.delete(path)
        self.set_status(HTTPStatus.NO_CONTENT)

    def on_finish(self) -> None:
        """Leave no draft."""
        self._discard()

    def on_connection_close(self) -> None:
        """Leave none of an upload that breaks off either."""
        super().on_connection_close()
        self._discard()

    def _discard(self) -> None:
        if self._draft is not None:
            self._folder.discard(self._draft)
            self._draft = None
