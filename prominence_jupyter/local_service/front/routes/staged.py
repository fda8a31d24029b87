"""What ended jobs left: their output files, and their output folders as archives."""

from __future__ import annotations

from prominence_jupyter.local_service.front.files import open_inside
from prominence_jupyter.local_service.front.routes.handler import ServiceHandler
from prominence_jupyter.local_service.places.scratch import Scratch


class StagedHandler(ServiceHandler):
    """One file, by its signed URL."""

    def check_access(self) -> None:
        """Let a signature stand for the token."""
        self.check_signature()

    async def get(self, job_id: str, kind: str, name: str) -> None:
        """Send it."""
        scratch = Scratch(self.service.state.job(int(job_id)))
        path = scratch.staged(name, folder=kind == "outputDirs")
        await self.send_attachment(open_inside(scratch.outputs, path.name), path.name)
