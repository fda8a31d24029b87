"""Code for a cell: `show` displays the panel of a made-up job in any state."""

PANELS = """
import time
from types import SimpleNamespace
from IPython.display import display
from prominence_jupyter.errors import TokenExpired
from prominence_jupyter.panel.views.description import description_json
from prominence_jupyter.panel.job_panel import JobPanel, PanelActions
from prominence_jupyter.panel.views.view import job_view
from prominence_jupyter.protocol.record import JobRecord

class Log:
    def __init__(self, data):
        self.data = data

    def piece(self, start, stop):
        part = self.data[start:stop]
        return SimpleNamespace(
            run=0, start=start, data=part, size=len(self.data), lines=self.data.count(b"\\n"), notice="")

    def tail(self, count):
        return self.piece(max(0, len(self.data) - count), len(self.data))

def show(status, *codes, reason=None, ended=False, started=True, stale=None, out=b"", errors=b"", clone=None):
    now = int(time.time())
    times = {"createTime": now - 75, "startTime": started and now - 61, "endTime": ended and now}
    usage = {"imagePullTime": 4, "wallTimeUsage": 30, "cpuTimeUsage": 29, "maxResidentSetSizeKB": 300000}
    record = JobRecord.from_json({
        "id": 12, "name": "calculate-pi", "status": status, "statusReason": reason, "labels": {"project": "pi"},
        "resources": {"cpus": 1, "memory": 1, "disk": 10},
        "events": {name: value for name, value in times.items() if value},
        "tasks": [{"image": "busybox", "cmd": "pi --digits 1000"}] * 2,
        "execution": {"site": "Site-A", "tasks": [usage | {"exitCode": code} for code in codes]}})
    display(JobPanel(
        job_view(record, ended=ended, stale=stale),
        logs={"stdout": Log(out), "stderr": Log(errors)},
        description=description_json(record),
        actions=PanelActions(cancel=lambda: "Cancel requested", clone=clone or fail, save=lambda stream: "Saved")))

def fail():
    raise RuntimeError("the service cannot be reached")
"""
