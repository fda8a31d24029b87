"""What ended jobs left: their output files, and their output folders as archives."""

from __future__ import annotations

from prominence_jupyter.local_service.front.files import open_inside
from prominence_jupyter.local_service.front.job_view import ENDINGS
from prominence_jupyter.local_service.front.routes.handler import ServiceHandler
from prominence_jupyter.local_service.scratch import Scratch


class StagedHandler(ServiceHandler):
    """One file, by its signed URL."""

    def check_access(self) -> None:
        """Let a signature stand for the token."""
        self.check_signature()

    async def get(self, job_id: str, kind: str, name: str) -> None:
        """Send it."""
        folder = Scratch(self.service.state.job(int(job_id))).staged("")
        file = open_inside(folder, f"{name}{ENDINGS[kind]}")
        await self.send_attachment(file, f"{name}{ENDINGS[kind]}")
