"""Frames to plot, and what is read off a figure."""

import warnings
from io import BytesIO

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.text import Text

from prominence_jupyter.usage import jobs_frame
from prominence_jupyter.usage.reading.unreadable import UnreadableValues
from tests.conftest import CONTRACT, exchanges

MONDAY = 1_795_996_800  # 2026-11-30 00:00 UTC


def job(number=1, *, created=MONDAY, queued=60.0, ran=3600.0, **more):
    """A job of the deployed service that ran; `more` replaces what stands at the top of it."""
    made = {
        "id": number,
        "name": f"scan/point-{number:04d}",
        "status": "completed",
        "events": {"createTime": created, "startTime": created + queued, "endTime": created + queued + ran},
        "resources": {"nodes": 1, "cpus": 2, "memory": 4},
        "tasks": [{"image": "busybox"}],
        "execution": {
            "site": "Site-A",
            "maxMemoryUsageKB": 1e6,
            "tasks": [{"exitCode": 0, "wallTimeUsage": ran, "cpuTimeUsage": ran}],
        },
    }
    return made | more


def frame(*jobs):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UnreadableValues)  # odd values are said, and are meant here
        return jobs_frame(jobs)


def recorded():
    """Every job in every answer of the contract files."""
    bodies = [each["response"].get("json") for path in sorted(CONTRACT.glob("*.json")) for each in exchanges(path.name)]
    return frame(*(job for body in bodies if isinstance(body, list) for job in body if isinstance(job, dict)))


def many(number, *, days=60):
    """A frame of jobs of all kinds, spread over some days."""
    rng = np.random.default_rng(7)
    one = frame(job()).iloc[np.zeros(number, dtype=int)].reset_index(drop=True)
    created = pd.to_datetime(MONDAY + np.sort(rng.uniform(0, days * 86400, number)), unit="s", utc=True).as_unit("us")
    queued = pd.to_timedelta(rng.lognormal(6, 1.5, number), unit="s").as_unit("us")
    ran = rng.lognormal(8, 1.2, number)
    status = rng.choice(["completed", "failed", "killed", "deleted"], number, p=[0.8, 0.1, 0.05, 0.05])
    cores = rng.choice([1, 2, 4, 8, 16], number)
    times = {"created": created, "queued": queued, "started": created + queued}
    times["run_time"] = pd.to_timedelta(ran, unit="s").as_unit("us")
    times["ended"] = times["started"] + times["run_time"]
    measured = np.where(rng.random(number) < 0.9, ran, np.nan)
    return one.assign(
        **times,
        id=pd.array(np.arange(number), dtype="Int64"),
        status=pd.Categorical(status),
        site=pd.Categorical(rng.choice(["Site-A", "Site-B", "Site-C", "Site-D"], number)),
        cpus=pd.array(cores, dtype="Int64"),
        wall_time_s=measured,
        cpu_time_s=measured * cores * rng.uniform(0.05, 1.2, number),
        max_memory_kb=1e6 * rng.uniform(0.1, 5, number),
    )


def words(figure):
    """Every text on a figure, as it is drawn."""
    figure.draw_without_rendering()
    return [text.get_text() for text in figure.findobj(Text) if text.get_text()]


def legend(axes):
    """What the legend of some axes says."""
    return [text.get_text() for text in axes.get_legend().get_texts()]


def pixels(figure):
    """The picture of a figure, as red, green and blue between 0 and 1."""
    data, _ = figure._repr_png_()
    return mpl.image.imread(BytesIO(data))[..., :3]
