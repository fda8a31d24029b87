"""Commands beside a job that runs, to look after it."""

from __future__ import annotations

import asyncio
import contextlib

from prominence_jupyter.local_service.front.beside import output_beside
from prominence_jupyter.local_service.front.refused import Refused
from prominence_jupyter.local_service.front.routes.handler import BASE, ServiceHandler
from prominence_jupyter.protocol import status


class ExecHandler(ServiceHandler):
    """A command in the working folder of a job."""

    _command: asyncio.Future[bytes] | None = None

    async def post(self, job_id: str) -> None:
        """Run it and answer with its output. Its words stand between commas, and a shell reads them."""
        command = self.query().get("command", "").replace(",", " ")
        if not command.strip():
            raise Refused("a command must be given: command=WORD,WORD")
        if not self._is_running(job_id):
            raise Refused("Job is not running")
        url = f"http://{self.request.host}{BASE}"
        self._command = asyncio.ensure_future(
            output_beside(self.service.state.path, url, int(job_id), command, lambda: self._is_running(job_id))
        )
        with contextlib.suppress(asyncio.CancelledError):  # nobody waits for it any more
            output = await self._command
            self.set_header("Content-Type", "text/plain; charset=utf-8")
            self.finish(output)

    def on_connection_close(self) -> None:
        """End the command: who asked for it has gone."""
        super().on_connection_close()
        if self._command is not None:
            self._command.cancel()

    def _is_running(self, job_id: str) -> bool:
        return self.job(job_id).status == status.RUNNING
