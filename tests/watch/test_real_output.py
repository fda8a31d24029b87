"""Logs of a real job at the local service, followed to their ends."""

import shlex
import sys
import threading

from prominence_jupyter.jobs.connecting import local
from prominence_jupyter.watch.listener import Listener

PATIENCE_S = 60
LINES = 50_000
CODE = f"""
import sys
for number in range({LINES}):
    print("%099d" % number)
    if number % 100 == 0:
        print("error %d" % number, file=sys.stderr)
print("reached its end")
"""


def test_both_logs_of_a_job_come_whole(local_service):
    session = local()
    assert session.url == local_service.url
    task = {"image": "busybox", "runtime": "singularity", "cmd": shlex.join([sys.executable, "-I", "-c", CODE])}
    job = session.submit({"resources": {"cpus": 1, "memory": 1, "disk": 10, "nodes": 1}, "tasks": [task]})
    sizes = {"stdout": [], "stderr": []}
    listener = Listener(lambda _: None, lambda stream, spool: sizes[stream].append(spool.size), frozenset(sizes))
    with session.watcher.watching(job.id, listener) as watched:
        assert watched.finished.wait(PATIENCE_S)
        out, err = watched.spool("stdout"), watched.spool("stderr")
    assert out.piece(0, out.size).data == b"".join(b"%099d\n" % n for n in range(LINES)) + b"reached its end\n"
    assert err.piece(0, err.size).data == b"".join(b"error %d\n" % n for n in range(0, LINES, 100))
    assert (out.run, out.lines, err.lines) == (0, LINES + 1, LINES // 100)
    for stream, spool in (("stdout", out), ("stderr", err)):
        assert sizes[stream] == sorted(set(sizes[stream]))
        assert sizes[stream][-1] == spool.size
    assert watched.snapshot.output_troubles == {}


def test_a_listener_that_comes_after_the_end_gets_the_logs(local_service):
    session = local()
    task = {"image": "busybox", "runtime": "singularity", "cmd": shlex.join([sys.executable, "-I", "-c", "print(1)"])}
    job = session.submit({"resources": {"cpus": 1, "memory": 1, "disk": 10, "nodes": 1}, "tasks": [task]})
    job.wait(PATIENCE_S)
    told = threading.Event()
    with session.watcher.watching(job.id, Listener(lambda _: None, lambda *_: told.set())) as watched:
        assert watched.finished.wait(PATIENCE_S)
        assert told.is_set()
        assert watched.spool("stdout").tail(10).data == b"1\n"
