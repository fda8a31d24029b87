"""A large log leaves the front process as it was: small, and there for others."""

import os

import psutil

from prominence_jupyter.local_service.places.scratch import Scratch
from prominence_jupyter.local_service.places.state import StateDir
from prominence_jupyter.protocol import status
from tests.local_service.conftest import python

SIZE = 100_000_000


def test_a_log_of_any_size_passes_through(api):
    job = api.run(python("print(1)"))
    log = Scratch(StateDir(api.info.state_dir).job(job["id"])).output("stdout")
    os.truncate(log, SIZE)  # zeros that take no room
    front = psutil.Process(api.info.pid)
    before = front.memory_info().rss
    with api("GET", f"/jobs/{job['id']}/stdout", stream=True) as answer:
        pieces = answer.iter_content(256 * 1024)
        received = len(next(pieces))
        assert received < SIZE
        assert api.describe(job["id"])["status"] == status.COMPLETED  # answered while the log waits for its reader
        received += sum(len(piece) for piece in pieces)
    assert received == SIZE
    assert front.memory_info().rss - before < SIZE / 5
