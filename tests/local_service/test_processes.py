import signal
import subprocess
import sys

import psutil
import pytest

from prominence_jupyter.local_service import control
from prominence_jupyter.local_service.processes import Orphans
from prominence_jupyter.local_service.state import StateDir, state_dir
from tests.local_service.conftest import processes_of, python, shell, until

GETS_AWAY = """
import os, signal, sys, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        print(os.getpid(), flush=True)
        time.sleep(600)
    os._exit(0)
os.wait()
"""


@pytest.fixture(autouse=True)
def _alone(api):
    """End what other tests have left: of several jobs one cannot tell whose a process is that hides at once."""
    left = [job["id"] for job in api("GET", "/jobs").json()]
    for job_id in left:
        api.delete(job_id)
    for job_id in left:
        api.ended(job_id)


def family(api, job_id):
    return processes_of(api.info.state_dir / "jobs" / str(job_id))


def test_deleting_ends_the_whole_tree(api):
    tree = f"{shell(GETS_AWAY)}; setsid sleep 600 & sleep 600 & (sleep 600; true)"
    job_id = api.submit(["sh", "-c", tree])
    until(lambda: len(family(api, job_id)) >= 6)
    processes = family(api, job_id)
    assert api.delete(job_id).status_code == 200
    job = api.describe(job_id)
    assert (job["status"], job["statusReason"]) == ("deleted", "Job deleted by user")
    assert "tasks" not in job["execution"]
    until(lambda: not family(api, job_id))
    until(lambda: not any(psutil.pid_exists(process.pid) for process in processes))  # no zombies either
    assert api.delete(job_id).status_code == 400
    assert api.describe(job_id) == job


def test_a_deleted_job_has_time_to_clean_up(api):
    job_id = api.submit(["sh", "-c", "trap 'echo cleaned; exit 0' TERM; echo ready; while :; do sleep 0.05; done"])
    until(lambda: api.output(job_id) == "ready\n")
    api.delete(job_id)
    until(lambda: not family(api, job_id))
    assert api.output(job_id) == "ready\ncleaned\n"


LINUX_ONLY = pytest.mark.skipif(sys.platform != "linux", reason="only Linux gives orphans back to the runner")


def has_ended(pid):
    """Whether a process runs no more; where orphans are not ours, it is init that reaps them, when it likes."""
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


@pytest.mark.parametrize(
    "leftover",
    [
        "sleep 600",
        "setsid sleep 600",
        "env -i sleep 600",
        pytest.param("env -i setsid sleep 600", marks=LINUX_ONLY),
        "away",
    ],
)
def test_what_a_task_leaves_behind_ends_with_it(api, leftover):
    leave = shell(GETS_AWAY) if leftover == "away" else f"{leftover} & echo $!"
    job_id = api.submit(["sh", "-c", leave], "echo next task")
    api.ended(job_id)
    pid, rest = api.output(job_id).split("\n", 1)
    assert rest == "next task\n"
    until(lambda: has_ended(int(pid)))


@LINUX_ONLY
def test_what_one_job_left_is_never_counted_into_another(own_folder, connect):
    hide = "import os, sys, time\nkept = b'x' * (100 * 2**20)\nhome = sys.argv[1]\n"
    hide += (
        "open(home + '/pid', 'w').write(str(os.getpid()))\nos.rename(home + '/pid', home + '/ready')\ntime.sleep(600)"
    )
    gone = f'home=$PWD; (cd / && env -i setsid -f {shell(hide)} "$home" >/dev/null 2>&1)'
    wait = "while [ ! -e {} ]; do sleep 0.02; done"
    api = connect(control.start(cpus=2, memory_gb=4))
    light = api.submit(["sh", "-c", wait.format("go")])
    leaves = api.submit(["sh", "-c", f"{gone}; {wait.format('ready')}"])
    api.ended(leaves)
    state = StateDir(own_folder)
    hidden = psutil.Process(int((state.job(leaves) / "work" / "ready").read_text()))
    (state.job(light) / "work" / "go").touch()
    assert api.ended(light)["execution"]["maxMemoryUsageKB"] < 100_000
    until(lambda: not hidden.is_running())  # no job is left that it could belong to


@LINUX_ONLY
@pytest.mark.parametrize("where", ["cd / && exec", "exec >/dev/null 2>&1;"])
def test_what_hides_is_known_by_the_folder_it_is_or_writes_in(own_folder, connect, where):
    api = connect(control.start(cpus=2, memory_gb=4))
    other = api.submit("sleep 600")
    until(lambda: api.describe(other)["status"] == "running")
    ended = api.run(
        ["sh", "-c", f"env -i setsid -f sh -c 'echo $$ > pid; {where} sleep 600'; until [ -s pid ]; do :; done"]
    )
    pid = int((state_dir().job(ended["id"]) / "work" / "pid").read_text())
    until(lambda: has_ended(pid))
    assert api.describe(other)["status"] == "running"


@LINUX_ONLY
def test_the_time_of_orphans_counts(api):
    burn = "import os, pathlib, time\ndone = pathlib.Path('done')\n"
    burn += "if os.fork():\n    while not done.exists(): time.sleep(0.01)\n    os._exit(0)\n"
    burn += "if os.fork(): os._exit(0)\nwhile time.process_time() < 0.8: pass\ndone.touch()"
    job = api.run(python(burn))
    assert job["execution"]["tasks"][0]["cpuTimeUsage"] > 0.7


def test_other_jobs_go_on(api):
    stays, goes = api.submit("sleep 600"), api.submit("sleep 600")
    until(lambda: family(api, stays) and family(api, goes))
    api.delete(goes)
    until(lambda: not family(api, goes))
    (process,) = family(api, stays)
    assert api.describe(stays)["status"] == "running"
    process.send_signal(signal.SIGUSR1)
    assert api.ended(stays)["execution"]["tasks"][0]["exitCode"] == -signal.SIGUSR1


@LINUX_ONLY
def test_orphans_that_nobody_waits_for_are_reaped():
    with subprocess.Popen(["true"]) as child:
        until(lambda: psutil.Process(child.pid).status() == psutil.STATUS_ZOMBIE)
        orphans = Orphans()
        orphans.reap()
        assert psutil.pid_exists(child.pid)  # somebody may be about to wait for it
        orphans.reap()
        assert not psutil.pid_exists(child.pid)
