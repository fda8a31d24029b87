"""What jobs wrote to standard output and error."""

from __future__ import annotations

from prominence_jupyter.local_service.front.refused import Refused
from prominence_jupyter.local_service.front.routes.handler import ServiceHandler
from prominence_jupyter.local_service.places.scratch import Scratch
from prominence_jupyter.protocol.paths import Stream


class OutputHandler(ServiceHandler):
    """Standard output or error of one job."""

    async def get(self, job_id: str, stream: Stream) -> None:
        """Send what is there now, from the byte `offset` on."""
        offset = self.whole_number("offset")
        self.job(job_id)
        if self.whole_number("node") > 0:  # there is one node
            raise Refused(f"{stream} does not exist")
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        try:
            file = Scratch(self.service.state.job(int(job_id))).output(stream).open("rb")
        except FileNotFoundError:  # it has not started
            return
        await self.send_file(file, offset)
