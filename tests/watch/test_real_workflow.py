"""A sweep at the real local service: what is asked while it is watched."""

from collections import Counter

import prominence_jupyter
from prominence_jupyter.protocol import paths

JOB = {
    "name": "many",
    "resources": {"cpus": 1, "memory": 1, "disk": 1, "nodes": 1},
    "tasks": [{"image": "busybox", "cmd": "/bin/sh -c 'exit $n'"}],
}


def test_a_sweep_is_one_submission_and_at_most_one_listing_a_tick(local_service, monkeypatch):
    session, asked, ticks = prominence_jupyter.local(), Counter(), []
    transport, rounds = session.client.transport, session.watcher._rounds
    send, once = transport.send, rounds.once

    def counted(method, path, **arguments):
        asked[method, path] += 1
        return send(method, path, **arguments)

    def ticked(*watched):
        before = asked["GET", paths.JOBS]
        due = once(*watched)
        ticks.append(asked["GET", paths.JOBS] - before)
        return due

    monkeypatch.setattr(transport, "send", counted)
    monkeypatch.setattr(rounds, "once", ticked)
    workflow = session.sweep(JOB, {"n": [0] * 99 + [3]})
    record = workflow.wait(60)
    assert (record.progress.done, record.progress.failed) == (99, 1)
    assert len(workflow.jobs) == 100
    assert all(job.latest.has_detail for job in workflow.jobs)
    assert max(ticks) == 1
    asked_for = {key: count for key, count in asked.items() if key != ("GET", paths.JOBS)}
    description = asked_for.pop(("GET", paths.workflow(workflow.id)))
    assert description <= len(ticks)
    assert asked_for == {("POST", paths.WORKFLOWS): 1}  # and nothing about a single job
