"""Code for a cell: `show` displays the head and the table of a made-up workflow in any state."""

WORKFLOWS = """
import time
from IPython.display import display
from ipywidgets import Layout, VBox
from prominence_jupyter.panel.jobs_table import JobsTable
from prominence_jupyter.panel.views.workflows.node_row import NodeState, node_row
from prominence_jupyter.panel.views.workflows.workflow_view import workflow_view
from prominence_jupyter.panel.workflow_head import WorkflowActions, WorkflowHead
from prominence_jupyter.protocol.workflows.factories import Node
from prominence_jupyter.protocol.record import JobRecord
from prominence_jupyter.protocol.workflows.workflow_record import WorkflowRecord

NOW = time.time()
asked, opened = [], []
FINAL = {"completed": 0, "non-zero": 3, "failed": None}

def state(job, number, kind, at, parameters):
    node = Node(job, number, parameters)
    if kind in {None, "not run"}:
        return NodeState(node, not_run=kind == "not run")
    start = None if kind == "idle" else NOW - 300 + at
    record = JobRecord.from_json({
        "id": 4100 + at, "name": f"pi/{node.name}", "status": "completed" if kind == "non-zero" else kind,
        "statusReason": "No matching resources" if kind == "failed" else None,
        "events": {"createTime": NOW - 310, "startTime": start, "endTime": NOW - 200 + at if kind in FINAL else None},
        "execution": {"site": "Site-A", "tasks": [{"exitCode": FINAL.get(kind)}]}, "tasks": [{"image": "busybox"}]})
    return NodeState(node, record, ended=kind in FINAL)

def made(jobs):
    known = {}
    for job, kinds in jobs.items():
        for number, kind in enumerate(kinds if isinstance(kinds, list) else [kinds]):
            parameters = {"n": 10 ** (number % 5 + 1), "seed": number % 3, "x": -1.5 * number}
            number = number if isinstance(kinds, list) else None
            one = state(job, number, kind, len(known), None if number is None else parameters)
            known[one.node.name] = one
    return known

def view(status, jobs, dependencies=None, stale="", name="calculate-pi", reason=None):
    times = {"createTime": NOW - 320, "startTime": None if status == "pending" else NOW - 310,
             "endTime": NOW if status in {"completed", "failed"} else None}
    record = WorkflowRecord.from_json({
        "id": 4099, "name": name, "status": status, "statusReason": reason, "dependencies": dependencies or {},
        "events": times})
    return workflow_view(record, made(jobs), url="http://127.0.0.1:1", stale=stale, now=NOW)

def fail():
    raise RuntimeError("the service cannot be reached")

def rerun():
    asked.append("rerun")
    return "Runs again as workflow 4200: %prominence watch workflow 4200"

def show(status, jobs, *more, width=None, delete=fail, **options):
    head = WorkflowHead(view(status, jobs, *more, **options), actions=WorkflowActions(rerun=rerun, delete=delete))
    names = ["n", "seed", "x"]
    table = JobsTable([node_row(one, parameters=names) for one in made(jobs).values()], parameters=names,
                      worst_first=True, on_select=opened.append, on_cancel=lambda keys: asked.append(keys))
    display(VBox([head, table], layout=Layout(width=f"{width}px" if width else None)))
    return head, table

DAG = {"prepare": ["left", "right"], "left": ["point"], "right": ["point", "report"], "point": ["summary"],
       "summary": ["report"]}
"""

GALLERY = """
kinds = ["completed"] * 30 + ["failed"] * 2 + ["running"] * 4 + ["idle"] * 4 + [None] * 20
sweep, swept = show("running", {"point": kinds})
graph, drawn = show("running", {"prepare": "completed", "left": "completed", "right": "non-zero",
    "point": ["completed"] * 6 + ["failed", "running"], "summary": None, "report": None}, DAG)
over, listed = show("failed", {"prepare": "completed", "left": "failed", "right": "completed", "point": ["not run"] * 8,
    "summary": "not run", "report": "not run"}, DAG, reason="one of its jobs failed")
narrow, slim = show("pending", {f"stage-{i}-with-a-long-name": None for i in range(12)},
    {f"stage-{i}-with-a-long-name": [f"stage-{i + 1}-with-a-long-name"] for i in range(11)}, width=500)
bad = "<img src=x onerror='window.hacked=1'>\\u202egnp"
evil, text = show("running", {bad: None, "b": "running"}, {bad: ["b"]}, name=bad, reason=bad, stale=bad)
stale, still = show("running", {"point": ["completed", "running"]}, None, "no news since 12:00 UTC: token expired")
"""
