"""Bring a local service into the situation in which an answer was recorded, and ask it the same.

Ids of recorded jobs become those of jobs of the service: of one that was posted, else of one that is made from what was
recorded of it and brought into the same state. Long commands are cut short.
"""

import base64
import json
import re
import shlex
import time
from urllib.parse import parse_qsl, urlencode, urlsplit

import jwt

from prominence_jupyter.local_service.places.scratch import Scratch
from prominence_jupyter.local_service.places.state import StateDir
from prominence_jupyter.local_service.store.store import Store
from tests.local_service.conftest import CONTRACT, FINAL, python, until

OF_THE_DESCRIPTION = {"name", "labels", "inputs", "policies", "outputFiles", "outputDirs", "resources", "tasks"}
GATE = "; until test -e go; do sleep 0.02; done'"
LIVE = {"idle", "running"}
UNKNOWN = 999999


def of_contract(name):
    return json.loads((CONTRACT / f"{name}.json").read_text())["exchanges"]


class Replay:
    """One contract file against one service."""

    def __init__(self, api, name, hints=()):
        self.api, self.name = api, name
        self.exchanges, self.hints = of_contract(name), dict(hints)
        self.ids, self.states, self.posted, self.blockers, self.idle = {}, {}, {}, [], []

    def ask(self, exchange, token):
        """Send a recorded request in its situation; return the answer. `token` "right" stands for the service's own."""
        request, answered = exchange["request"], exchange["response"].get("json")
        parts = urlsplit(request["path"])
        query = dict(parse_qsl(parts.query))
        self._prepare(request, parts, query, answered if isinstance(answered, list) else [])
        if "id" in query:
            query["id"] = ",".join(str(self._id(one)) for one in query["id"].split(","))
        steps = [str(self._id(step)) if step.isdigit() else step for step in parts.path.split("/")]
        path = "/".join(steps) + (f"?{urlencode(query)}" if query else "")
        answer = self.api(request["method"], path, **self._body(request), headers=self._headers(request, token))
        if request["method"] == "POST" and answer.status_code == 201 and answered:
            recorded_id = answered["id"]
            self.ids[recorded_id] = self.posted[recorded_id] = answer.json()["id"]
        if request["method"] == "DELETE" and answer.status_code == 200:
            self.states[int(parts.path.split("/")[2])] = "deleted"
        return answer

    def end(self):
        """Leave nothing that runs."""
        kinds = (
            ("jobs", "workflows")
            if any("/workflows" in one["request"]["path"] for one in self.exchanges)
            else ("jobs",)
        )
        for kind in kinds:
            for one in self.api("GET", f"/{kind}").json():
                self.api("DELETE", f"/{kind}/{one['id']}")
                self.api("PUT", f"/{kind}/{one['id']}/remove")

    def _id(self, recorded_id):
        return self.ids.get(int(recorded_id), int(recorded_id))

    def _prepare(self, request, parts, query, answered):
        steps = parts.path.strip("/").split("/")
        if steps[0] == "workflows" or query.get("workflow"):
            self._prepare_workflow(steps, query, answered)
        elif steps == ["jobs"] and request["method"] == "GET":
            shown = {job["id"]: job for job in answered}
            possible = {key: job for key, job in shown.items() if job["status"] != "failed"}  # these are held
            if any(self.states.get(key) != job["status"] for key, job in possible.items()):
                ended = [key for key, job in possible.items() if job["status"] not in LIVE]
                newest_first = [*reversed(ended), *(key for key in possible if key not in ended)]
                for key in newest_first if {"completed", "all", "id"} & set(query) else possible:
                    self._make(key, shown[key]["status"], shown[key])
        elif len(steps) > 1 and steps[1].isdigit() and int(steps[1]) != UNKNOWN:
            self._prepare_job(int(steps[1]), steps[2:], answered)

    def _prepare_job(self, recorded_id, steps, answered):
        told = None if recorded_id in self.ids else self.hints.get(recorded_id)
        state = answered[0]["status"] if answered else told
        if recorded_id in self.posted and state not in {None, "idle"}:
            self._follow(recorded_id, state)
        elif state is None and recorded_id not in self.ids:
            self._make(recorded_id, "completed", self._that_wrote(recorded_id, steps))
        elif state is not None and self.states.get(recorded_id) != state:
            self._make(recorded_id, state, answered[0] if answered else {})

    def _follow(self, recorded_id, state):
        self._give_up_idle()
        job_id = self.ids[recorded_id] = self.posted[recorded_id]
        if state == "running":
            until(lambda: self.api.describe(job_id)["status"] != "pending")
        elif state in FINAL:
            work = Scratch(StateDir(self.api.info.state_dir).job(job_id)).work
            until(work.exists)
            (work / "go").touch()
            self.api.ended(job_id)

    def _that_wrote(self, recorded_id, steps):
        """The description of a job with the output that was recorded."""
        for exchange in self.exchanges:
            if exchange["request"]["path"] == f"/jobs/{recorded_id}/{'/'.join(steps)}":
                answer = exchange["response"]
                content = base64.b64decode(answer["base64"]) if "base64" in answer else answer.get("text", "").encode()
                cmd = shlex.join(python(f"import sys; sys.stdout.buffer.write({content!r})"))
                return {"tasks": [{"image": "a", "runtime": "singularity", "cmd": cmd}]}
        return {}

    def _make(self, recorded_id, state, recorded):
        """Submit what was recorded, and bring it into a state."""
        job = {key: value for key, value in recorded.items() if key in OF_THE_DESCRIPTION}
        job = {"name": "", "resources": {"cpus": 1, "memory": 1, "disk": 10}} | self._of_elsewhere(recorded_id) | job
        job.setdefault("tasks", [{"image": "busybox", "runtime": "singularity", "cmd": "true"}])
        for key in {"outputFiles", "outputDirs"} & set(job):
            job[key] = [output["name"] for output in job[key]]
        if not job["name"]:
            del job["name"]
        cmd = "sleep 60" if state in LIVE or state == "deleted" else None
        reason = recorded.get("statusReason", "")
        tasks = [task | {"cmd": cmd or re.sub(r"sleep [\d.]+", "true", task["cmd"])} for task in job["tasks"]]
        if "pull" in reason:
            tasks = [{key: task[key] for key in ("image", "runtime")} for task in tasks]
        job["tasks"] = tasks
        if "No matching" in reason:
            job["resources"] = job["resources"] | {"cpus": 1000}
        if "Walltime" in reason:
            job |= {"resources": job["resources"] | {"walltime": 0.005}, "tasks": [tasks[0] | {"cmd": "sleep 60"}]}
        if "memory" in reason:
            cmd = shlex.join(python("import time; held = b'x' * 2 * 10**8; time.sleep(60)"))
            job |= {"resources": job["resources"] | {"memory": 0.05}, "tasks": [tasks[0] | {"cmd": cmd}]}
        self._bring(recorded_id, state, job, started="startTime" in recorded.get("events", {}))

    def _bring(self, recorded_id, state, job, *, started):
        self._give_up_idle()
        if state == "idle" or (state == "deleted" and not started):
            self._block()
            job = job | {"resources": job["resources"] | {"cpus": 8}}
        if any(isinstance(amount, float) for amount in job["resources"].values()):  # they are whole, over HTTP
            with Store(StateDir(self.api.info.state_dir).database) as store:
                job_id = store.jobs.add(job, lambda new_id: f"token-{new_id}")
            self.api.run("true")
        else:
            answer = self.api("POST", "/jobs", json=job)
            assert answer.status_code == 201, answer.text
            job_id = answer.json()["id"]
        if state == "idle":
            self.idle.append(job_id)
        if state == "running" or (state == "deleted" and started):
            until(lambda: self.api.describe(job_id)["status"] == "running")
        if state == "deleted":
            self.api.delete(job_id)
        if state not in LIVE:
            assert self.api.ended(job_id)["status"] == state
        self.ids[recorded_id], self.states[recorded_id] = job_id, state

    def _block(self):
        """Let something run, so that a job that needs all of the machine waits."""
        if not self.blockers:
            self.blockers.append(self.api.submit("sleep 60"))
            until(lambda: self.api.describe(self.blockers[0])["status"] == "running")

    def _give_up_idle(self):
        """End the job that waits: those behind it would wait for it."""
        while self.idle:
            self.api.delete(self.idle.pop())

    def _of_elsewhere(self, recorded_id):
        """What other answers of the same file tell of a job."""
        found = dict(self.hints.get(f"job {recorded_id}", {}))
        for exchange in self.exchanges:
            answered = exchange["response"].get("json")
            for job in answered if isinstance(answered, list) else []:
                if job["id"] == recorded_id:
                    found |= {key: value for key, value in job.items() if key in OF_THE_DESCRIPTION}
        return found

    def _prepare_workflow(self, steps, query, answered):
        recorded_id = int(query["id"]) if query.get("workflow") else int(steps[1]) if len(steps) > 1 else None
        if recorded_id in {None, UNKNOWN}:
            return
        if recorded_id not in self.ids:
            described = self.hints.get(f"workflow {recorded_id}") or self.exchanges[1]["response"]["json"][0]
            body = {key: described[key] for key in ("name", "jobs", "dependencies", "labels") if key in described}
            self.ids[recorded_id] = self.api("POST", "/workflows", json=body).json()["id"]
            if steps[0] == "workflows" and not answered:  # it had started when it was deleted
                self._until_workflow(recorded_id, "running")
        if steps[0] == "jobs":
            self._until_workflow(recorded_id, "completed")
        elif answered and answered[0]["status"] != "idle":
            self._until_workflow(recorded_id, answered[0]["status"])

    def _until_workflow(self, recorded_id, state):
        path = f"/workflows/{self.ids[recorded_id]}"
        until(lambda: self.api("GET", path).json()[0]["status"] == state)

    def _body(self, request):
        if "text" in request:
            return {"data": request["text"]}
        if "json" not in request:
            return {}
        body = json.loads(json.dumps(request["json"]))
        for task in body.get("tasks", []):
            if "sleep" in task.get("cmd", "") and task["cmd"].endswith("'"):
                task["cmd"] = re.sub(r"sleep [\d.]+", "sleep 0.02", task["cmd"])[:-1] + GATE
        return {"json": body}

    def _headers(self, request, token):
        headers = {"Content-Type": "application/json"} if request.get("text", "{}") != "{}" else {}
        if token == "expired":
            claims = {"sub": "user", "iat": 1, "exp": int(time.time()) - 3600}
            token = jwt.encode(claims, StateDir(self.api.info.state_dir).key.read_bytes())
        return headers if token == "right" else headers | {"Authorization": token and f"Bearer {token}"}
