"""What jobs wrote to standard output and error."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Final

from tornado.iostream import StreamClosedError

from prominence_jupyter.local_service.front.routes.handler import ServiceHandler
from prominence_jupyter.local_service.scratch import Scratch
from prominence_jupyter.protocol.paths import Stream

_CHUNK_BYTES: Final = 256 * 1024


class OutputHandler(ServiceHandler):
    """Standard output or error of one job."""

    async def get(self, job_id: str, stream: Stream) -> None:
        """Send what is there now, from the byte `offset` on; a log of any size passes through in pieces."""
        offset = self.whole_number("offset", 0)
        if offset is None or offset < 0:
            self.refuse("offset must be a whole number of bytes, 0 or more")
            return
        if self.service.store.jobs.get(int(job_id)) is None:
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
