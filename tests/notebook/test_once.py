"""``--once`` in a real kernel, on a real local service."""

import json

from tests.notebook.test_kernel import error, texts, value

DESCRIPTION = {
    "name": "once",
    "resources": {"nodes": 1, "cpus": 1, "memory": 1, "disk": 1},
    "tasks": [{"image": "busybox", "cmd": "/bin/sh -c 'echo {{ greeting }}; sleep {{ seconds }}'"}],
}
CELL = json.dumps(DESCRIPTION, indent=2)
SHUFFLED = json.dumps(dict(reversed(DESCRIPTION.items())))


def number_of_jobs(kernel) -> int:
    return value(kernel, "len(__import__('prominence_jupyter').local().jobs(all=True))")


def test_a_cell_that_is_run_again_joins_its_job(new_kernel):
    first = new_kernel()
    first.run("greeting, seconds = 'hello', 0")
    submitted = texts(first.run(f"%%prominence_job one --once --wait\n{CELL}"))
    assert "Joined" not in submitted
    job_id, count = value(first, "one.id"), number_of_jobs(first)

    kernel = new_kernel()
    kernel.run("greeting, seconds = 'hello', 0\n%config ProminenceMagics.once = True")
    joined = texts(kernel.run(f"%%prominence_job again --wait\n{SHUFFLED}"))
    assert f"Joined job {job_id}, submitted just now: the same description; --force submits anew." in joined
    *_, record = kernel.displays.values()
    assert record["text/plain"].endswith("hello")
    assert value(kernel, "[again.id, again.joined, again.done()]") == [job_id, True, True]
    assert number_of_jobs(kernel) == count

    kernel.run(f"%%prominence_job forced --force --wait\n{CELL}")
    assert value(kernel, "forced.joined") is False
    assert number_of_jobs(kernel) == count + 1
    assert value(kernel, "forced.id") != job_id
    kernel.run(f"%%prominence_job newest\n{CELL}")
    assert value(kernel, "newest.id == forced.id") is True

    kernel.run("greeting, seconds = 'servus', 60")
    kernel.run(f"%%prominence_job other\n{CELL}")
    assert number_of_jobs(kernel) == count + 2
    shown = texts(kernel.run(f"%%prominence_job other\n{CELL}"))
    assert "Joined job" in shown
    assert number_of_jobs(kernel) == count + 2
    kernel.run("other.delete()")

    shown = error(kernel.run(f"%%prominence_job --label pjcontent=x\n{CELL}"))
    assert "--label pjcontent=…: is a label that each submission gets anew" in shown["evalue"]
    assert number_of_jobs(kernel) == count + 2
