"""What the deployed service says of jobs that ended, made to measure."""

from hypothesis import strategies as st

MEMORY = "Job used too much memory"
WALLTIME = "Walltime limit exceeded"


def answer(number=1, *, name=None, wall=100.0, cpu=100.0, peak_gb=1.0, code=0, nodes=1, cpus=4, given=None, **more):
    """A job that ran; None for what its site does not report. More are top-level keys, or of `resources`."""
    used = {"exitCode": code, "retries": 0, "wallTimeUsage": wall, "cpuTimeUsage": cpu}
    resources = {"nodes": nodes, "cpus": cpus, "memory": 4, "disk": 10}
    resources |= {key: more.pop(key) for key in ("memory", "disk", "walltime", "memoryPerCpu") if key in more}
    execution = {
        "site": "Site-A",
        "provisionedResources": {"cpus": given or cpus, "memory": 4, "disk": 11, "nodes": nodes},
        "maxMemoryUsageKB": None if peak_gb is None else peak_gb * 1e6,
        "tasks": [without_none(used)],
    }
    return {
        "id": number,
        "name": name or f"point-{number:04d}",
        "status": "completed",
        "events": {"createTime": 1000, "startTime": 1010, "endTime": 1010 + int(wall or 100)},
        "resources": without_none(resources),
        "tasks": [{"image": "busybox", "cmd": "solve"}],
        "execution": without_none(execution),
        **more,
    }


def killed(reason, number=99, **more):
    """A job that the service killed, without metrics."""
    made = answer(number, status="killed", statusReason=reason, **more)
    made["execution"] = {key: value for key, value in made["execution"].items() if key == "provisionedResources"}
    return made


def without_none(mapping):
    return {key: value for key, value in mapping.items() if value is not None}


_seconds = st.none() | st.floats(0, 1e5)
_odd = st.none() | st.integers(-1, 3) | st.floats() | st.sampled_from(["7", "x", True, [], {}, 10**400, 1e300, -5])

sound_answers = st.builds(
    answer,
    st.integers(1, 10**6),
    name=st.sampled_from(["point-1", "point-2", "other"]),
    wall=_seconds,
    cpu=_seconds,
    peak_gb=st.none() | st.floats(0, 300),
    code=st.sampled_from([0, 0, 0, 1, -9, None]),
    nodes=st.sampled_from([1, 1, 1, 2, None]),
    cpus=st.sampled_from([1, 2, 4, 16, None]),
    given=st.sampled_from([None, None, 8]),
    memory=st.sampled_from([1, 2, 64, None]),
    walltime=st.sampled_from([None, 1, 60, 720]),
)
kills = st.builds(
    killed,
    st.sampled_from([MEMORY, WALLTIME]),
    name=st.sampled_from(["point-1", "point-2", "other"]),
    memory=st.sampled_from([1, 2, 64, None]),
    walltime=st.sampled_from([None, 1, 60, 720]),
)


@st.composite
def odd_answers(draw):
    """An answer with anything in any place."""
    made = draw(sound_answers | kills)
    places = [made, made["resources"], made["events"], made["execution"]]
    places += [made["execution"].get("provisionedResources", {}), *made["execution"].get("tasks", [])]
    for place in places:
        for key in draw(st.sets(st.sampled_from(sorted(place)), max_size=2)) if place else ():
            place[key] = draw(_odd)
    return made
