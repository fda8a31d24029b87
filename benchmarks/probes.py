"""What is put into the kernel and the page to measure them: they take part in nothing."""

# What the kernel sends to the page and asks of services: noted without a part in either.
KERNEL_PROBE = """
import json, os, time, requests
sent, asked = [], []
def _note_what_leaves():
    session = get_ipython().kernel.session
    real_send, real_ask = session.send, requests.Session.send
    def send(stream, message, *args, **kwargs):
        kind = message if isinstance(message, str) else message["msg_type"]
        size = sum(len(memoryview(buffer)) for buffer in kwargs.get("buffers") or ())
        sent.append((time.time(), kind, size))
        return real_send(stream, message, *args, **kwargs)
    def ask(self, request, **kwargs):
        asked.append((time.time(), request.method, request.path_url))
        return real_ask(self, request, **kwargs)
    session.send, requests.Session.send = send, ask
_note_what_leaves()
"""
# Every spool that is made from now on: what it holds is compared at the end.
KEEP_SPOOLS = """
import hashlib
from prominence_jupyter.watch.logs.spool import Spool
spools = []
def _keep_spools():
    real_init = Spool.__init__
    def init(self, *args, **kwargs):
        real_init(self, *args, **kwargs)
        spools.append(self)
    Spool.__init__ = init
_keep_spools()
def fingerprint(spool):
    digest = hashlib.sha256()
    for start in range(0, spool.size, 1 << 18):
        digest.update(spool.piece(start, start + (1 << 18)).data)
    return [spool.size, digest.hexdigest()]
"""
PAGE_PROBE = r"""() => {
    const frames = window.benchFrames = {longest: 0, frozen: 0, count: 0, last: performance.now()};
    const frame = () => {
        const now = performance.now(), gap = now - frames.last;
        frames.last = now;
        frames.count += 1;
        frames.longest = Math.max(frames.longest, gap);
        if (gap > 100) frames.frozen += gap;
        requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
    const seen = window.benchSeen = {};
    new MutationObserver(() => {
        const now = (performance.timeOrigin + performance.now()) / 1000;
        for (const output of document.querySelectorAll('.jp-OutputArea-output'))
            for (const [, name, at] of output.textContent.matchAll(/mark (\w+) at (\d+\.\d+)/g))
                seen[name] ??= {written: Number(at), seen: now};
    }).observe(document.querySelector('.jp-Notebook'), {childList: true, subtree: true, characterData: true});
}"""
RESET_FRAMES = """() => {
    Object.assign(window.benchFrames, {longest: 0, frozen: 0, count: 0, last: performance.now()});
}"""
EXECUTE = """async ([code, expression]) => {
    const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
    const asked = {code, store_history: false, user_expressions: {value: expression}};
    return (await kernel.requestExecute(asked).done).content;
}"""
