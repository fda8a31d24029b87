"""A sweep at the real local service: what is asked while it is watched."""

from collections import Counter

import prominence_jupyter
from prominence_jupyter.client.http.transport import Transport
from prominence_jupyter.protocol import paths
from prominence_jupyter.watch.rounds import Rounds

JOB = {
    "name": "many",
    "resources": {"cpus": 1, "memory": 1, "disk": 1, "nodes": 1},
    "tasks": [{"image": "busybox", "cmd": "/bin/sh -c 'exit $n'"}],
}


def test_a_sweep_is_one_submission_and_at_most_one_listing_a_tick(local_service, monkeypatch):
    asked, ticks = Counter(), []
    send, once = Transport.send, Rounds.once

    def counted(self, method, path, **arguments):
        asked[method, path] += 1
        return send(self, method, path, **arguments)

    def ticked(self, *watched):
        before = asked["GET", paths.JOBS]
        due = once(self, *watched)
        ticks.append(asked["GET", paths.JOBS] - before)
        return due

    monkeypatch.setattr(Transport, "send", counted)
    monkeypatch.setattr(Rounds, "once", ticked)
    workflow = prominence_jupyter.local().sweep(JOB, {"n": [0] * 99 + [3]})
    record = workflow.wait(60)
    assert (record.progress.done, record.progress.failed) == (99, 1)
    assert len(workflow.jobs) == 100
    assert all(job.latest.has_detail for job in workflow.jobs)
    assert max(ticks) == 1
    asked_for = {key: count for key, count in asked.items() if key != ("GET", paths.JOBS)}
    description = asked_for.pop(("GET", paths.workflow(workflow.id)))
    assert description <= len(ticks)
    assert asked_for == {("POST", paths.WORKFLOWS): 1}  # and nothing about a single job
