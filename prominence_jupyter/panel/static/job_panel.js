// The live view of one job: what Python sends is shown as text, what the person asks for is sent to Python.
//
// Messages to the browser: {kind: "output" | "answer", run, offset} with the bytes as a buffer, {kind: "restart", run,
// notice}, {kind: "problem", text}, {kind: "cancelled"}. Messages from it: {ask: offset, run} and {cancel: true}; those
// wait in the kernel until no cell runs. A message may be lost, so every one says where its bytes belong.

const KEEP = 1024 * 1024; // bytes of output kept, and about the characters shown
const PIECE = 16 * 1024; // characters of one block of the log: small enough to lay out alone
const PATIENCE = 1500; // ms without an answer after which we say what it waits for

/** Output by byte offset: whole spans and the gaps between them. Older output is dropped beyond a limit. */
export class OutputStore {
  constructor(limit = KEEP) {
    this.limit = limit;
    this.reset(0, 0);
  }

  reset(run, offset) {
    this.run = run;
    this.floor = 0; // what lies before was dropped, and is not taken again
    this.spans = [{ start: offset, end: offset, pieces: [] }];
  }

  get start() {
    return this.spans[0].start;
  }

  get end() {
    return this.spans.at(-1).end;
  }

  /** Gaps inside the output, as [from, to]. */
  gaps() {
    return this.spans.slice(1).map((span, i) => [this.spans[i].end, span.start]);
  }

  /** Take bytes in. Returns "end" if they continue the output, "inside" if more changed, "nothing" if all was known. */
  add(offset, bytes) {
    const end = this.end;
    let place = "nothing";
    for (const [from, to] of [[this.floor, this.start], ...this.gaps(), [end, Infinity]]) {
      const first = Math.max(from, offset);
      const last = Math.min(to, offset + bytes.length);
      if (first >= last) continue;
      this.spans.push({ start: first, end: last, pieces: [bytes.subarray(first - offset, last - offset)] });
      place = place === "nothing" && first === end ? "end" : "inside";
    }
    this.#merge();
    this.#trim();
    return place;
  }

  #merge() {
    this.spans.sort((a, b) => a.start - b.start || a.end - b.end);
    const merged = [this.spans[0]];
    for (const span of this.spans.slice(1)) {
      const last = merged.at(-1);
      if (span.start > last.end) {
        merged.push(span);
      } else {
        last.end = span.end;
        for (const piece of span.pieces) last.pieces.push(piece);
      }
    }
    this.spans = merged;
  }

  #trim() {
    let excess = this.spans.reduce((sum, span) => sum + span.end - span.start, 0) - this.limit;
    while (excess > 0) {
      const span = this.spans[0];
      if (span.pieces.length === 0) {
        this.spans.shift();
        continue;
      }
      const dropped = Math.min(excess, span.pieces[0].length);
      span.pieces[0] = span.pieces[0].subarray(dropped);
      if (span.pieces[0].length === 0) span.pieces.shift();
      span.start += dropped;
      excess -= dropped;
      this.floor = span.start;
    }
  }
}

/** Where the first whole line starts in bytes that may begin anywhere. */
export function lineStart(bytes) {
  const newline = bytes.indexOf(10);
  if (newline >= 0 && newline < bytes.length - 1) return newline + 1;
  let i = 0;
  while (i < Math.min(4, bytes.length) && (bytes[i] & 0xc0) === 0x80) i += 1;
  return i;
}

/** "8 s", "2 min 05 s", "3 h 04 min". */
export function duration(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const [s, min, h] = [whole % 60, Math.floor(whole / 60) % 60, Math.floor(whole / 3600)];
  const two = (n) => String(n).padStart(2, "0");
  if (h > 0) return `${h} h ${two(min)} min`;
  return min > 0 ? `${min} min ${two(s)} s` : `${s} s`;
}

/** How long a job queued, runs or ran, at a time in Unix seconds; "" where the service does not say. */
export function clock(view, now) {
  const { created, started, ended } = view;
  const known = (value) => value !== null && value !== undefined;
  if (known(started) && view.tone !== "waiting") {
    if (known(ended)) return `ran for ${duration(ended - started)}`;
    return view.final ? "" : `running for ${duration(now - started)}`;
  }
  if (!known(created)) return "";
  if (known(ended)) return `queued for ${duration(ended - created)}`;
  return view.final ? "" : `queued for ${duration(now - created)}`;
}

export function byteCount(count) {
  if (count < 1024) return `${count} ${count === 1 ? "byte" : "bytes"}`;
  return count < 1024 * 1024 ? `${Math.round(count / 1024)} KB` : `${(count / 1024 / 1024).toFixed(1)} MB`;
}

export function bytesOf(buffer) {
  if (!buffer) return new Uint8Array();
  return ArrayBuffer.isView(buffer)
    ? new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength)
    : new Uint8Array(buffer);
}

/** What the panel knows besides the traits of its model; all views of a model share it. */
export class Feed {
  constructor(send) {
    this.send = send;
    this.store = new OutputStore();
    this.notice = "";
    this.problem = "";
    this.cancelling = "no"; // no, sent, done
    this.asked = null; // the offset we wait for
    this.settled = 0; // gaps before this offset cannot be filled
    this.lost = false; // the kernel that fed us is gone
    this.views = new Set();
  }

  /** The output that travels with the model: at its creation, and again after the page was loaded anew. */
  load(state) {
    if (!state || state.run < this.store.run) return;
    if (state.run > this.store.run || this.store.end === 0) this.#restart(state.run, state.notice, state.offset);
    this.#take(state.offset, bytesOf(state.data));
    if (this.store.start > this.store.floor && this.asked === null) this.#ask(Math.max(0, this.store.end - KEEP));
  }

  receive(message, buffers) {
    if (message.run < this.store.run) return;
    if (message.run > this.store.run) this.#restart(message.run, message.notice || "The output starts afresh.", 0);
    if (message.kind === "output") this.#take(message.offset, bytesOf(buffers[0]));
    if (message.kind === "answer") {
      this.asked = null;
      this.settled = message.offset + bytesOf(buffers[0]).length;
      this.#take(message.offset, bytesOf(buffers[0]));
    }
    if (message.kind === "cancelled") this.cancelling = "done";
    if (message.kind === "problem") {
      this.problem = message.text;
      this.cancelling = "no";
    }
    if (message.kind === "cancelled" || message.kind === "problem") this.tell("controls");
  }

  cancel() {
    this.cancelling = "sent";
    this.problem = "";
    this.send({ cancel: true });
    this.tell("controls");
  }

  /** The kernel is gone, or another one: nothing will come any more, and nothing we send arrives. */
  lose() {
    this.lost = true;
    this.tell("update");
  }

  tell(what, bytes) {
    for (const view of this.views) view[what](bytes);
  }

  #restart(run, notice, offset) {
    this.store.reset(run, offset);
    this.notice = notice || "";
    this.asked = null;
    this.settled = 0;
    this.tell("rebuild");
  }

  #take(offset, bytes) {
    const known = this.store.end;
    const place = this.store.add(offset, bytes);
    if (place === "end") this.tell("append", bytes.subarray(known - offset));
    if (place === "inside") this.tell("rebuild");
    const gap = this.store.gaps().find(([, to]) => to > this.settled);
    if (gap && this.asked === null) this.#ask(gap[0]);
  }

  #ask(offset) {
    this.asked = offset;
    this.send({ ask: offset, run: this.store.run });
  }
}

function element(tag, name, ...children) {
  const node = document.createElement(tag);
  node.className = `prominence-${name}`;
  node.append(...children); // strings become text nodes
  return node;
}

function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

function button(label, onClick) {
  const node = element("button", "button", label);
  node.type = "button";
  node.addEventListener("click", onClick);
  return node;
}

/** The scrolling log. It follows its end until a person scrolls up. */
class LogView {
  constructor(feed, model) {
    this.feed = feed;
    this.model = model;
    this.earlier = element("div", "earlier");
    this.text = element("div", "text");
    this.node = element("div", "log", this.earlier, this.text);
    Object.assign(this.node, { tabIndex: 0, role: "log" });
    this.node.dataset.lmSuppressShortcuts = "true"; // JupyterLab's keys (D D deletes a cell) are not meant for a log
    this.follows = true;
    this.top = 0;
    this.frame = 0;
    this.node.addEventListener("scroll", () => this.#scrolled());
    this.observer = new ResizeObserver(() => this.#resized());
    this.observer.observe(this.node);
    this.rebuild();
  }

  /** Show bytes that continue what is shown. */
  append(bytes) {
    this.#add(this.decoder.decode(bytes, { stream: true }));
    this.words();
    this.#toEnd();
  }

  /** Show all of the feed's output anew, with its gaps. */
  rebuild() {
    this.text.replaceChildren();
    this.block = null;
    this.characters = 0;
    this.dropped = false;
    let before = null;
    for (const span of this.feed.store.spans) {
      if (before !== null) this.#addGap(before, span.start);
      this.decoder = new TextDecoder();
      span.pieces.forEach((piece, i) => {
        const cut = before === null && span.start > 0 && i === 0; // where older output was dropped
        this.#add(this.decoder.decode(cut ? piece.subarray(lineStart(piece)) : piece, { stream: true }));
      });
      before = span.end;
    }
    this.words();
    this.#toEnd();
  }

  /** Say what the log is and what it does not show. */
  words() {
    const { id, final } = this.model.get("_view");
    const cut = this.feed.store.start > 0 || this.dropped;
    const lines = [this.feed.notice, cut ? `Earlier output is not shown: %prominence stdout ${id} has all of it.` : ""];
    setText(this.earlier, lines.filter(Boolean).join(" "));
    this.node.dataset.empty = String(this.characters === 0);
    this.node.dataset.placeholder = final ? "No output." : "No output yet.";
    this.node.setAttribute("aria-label", `Output of job ${id}`);
  }

  close() {
    this.observer.disconnect();
    cancelAnimationFrame(this.frame);
  }

  #add(string) {
    let rest = string;
    while (rest) {
      if (!this.block || this.block.full) {
        this.block = { node: document.createTextNode(""), full: false };
        this.text.append(element("div", "piece", this.block.node));
      }
      // A block ends with a line, so that the end of a block is no break that is not in the output.
      const end = rest.indexOf("\n", Math.max(0, PIECE - this.block.node.length));
      const part = end < 0 ? rest : rest.slice(0, end + 1);
      this.block.full = end >= 0;
      this.block.node.appendData(part);
      rest = rest.slice(part.length);
    }
    this.characters += string.length;
    this.#drop();
  }

  #drop() {
    while (this.characters > KEEP && this.text.childElementCount > 1) {
      this.characters -= this.text.firstChild.textContent.length;
      this.dropped = true;
      this.text.firstChild.remove();
    }
  }

  #addGap(from, to) {
    const why = to > this.feed.settled ? "; they are asked for and come when no cell runs" : "";
    this.text.append(element("div", "gap", `… ${byteCount(to - from)} of output are missing here${why} …`));
    this.block = null;
  }

  #scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.node;
    if (scrollTop < this.top - 1) this.follows = false;
    if (scrollHeight - scrollTop - clientHeight < 4) this.follows = true;
    this.top = scrollTop;
  }

  #resized() {
    if (this.node.style.height) this.node.style.maxHeight = "none"; // dragged by a person: as high as they like
    this.#toEnd();
  }

  #toEnd() {
    if (!this.follows || this.frame) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      if (this.follows) this.node.scrollTop = this.node.scrollHeight;
      this.top = this.node.scrollTop;
    });
  }
}

/** The cancel button, which asks first, and the words about what became of it. */
class CancelView {
  constructor(feed, model) {
    this.feed = feed;
    this.model = model;
    this.node = element("div", "actions");
    this.node.dataset.lmSuppressShortcuts = "true"; // Enter means this button
    this.update();
  }

  update() {
    const wanted = this.model.get("_can_cancel") && !this.model.get("_view").final && !this.feed.lost;
    const state = wanted ? this.feed.cancelling : "none";
    if (this.node.dataset.state === state) return;
    this.node.dataset.state = state;
    clearTimeout(this.timer);
    if (state === "none") this.node.replaceChildren();
    if (state === "no") this.#offer();
    if (state === "sent") this.#wait();
    if (state === "done") this.node.replaceChildren(element("span", "quiet", "Cancel requested"));
  }

  close() {
    clearTimeout(this.timer);
  }

  #offer() {
    const start = button("Cancel job", () => this.#ask());
    this.node.replaceChildren(start);
    return start;
  }

  #ask() {
    const back = () => this.#offer().focus();
    const no = button("No", back);
    const yes = button("Yes", () => this.feed.cancel());
    const group = element("span", "confirm", element("span", "question", "Really cancel?"), yes, no);
    group.setAttribute("role", "group");
    group.setAttribute("aria-label", "Really cancel this job?");
    group.addEventListener("keydown", (event) => event.key === "Escape" && back());
    this.node.replaceChildren(group);
    no.focus();
  }

  #wait() {
    const words = element("span", "quiet", "Cancelling…");
    this.node.replaceChildren(words);
    this.timer = setTimeout(() => setText(words, "Cancelling, when no cell runs…"), PATIENCE);
  }
}

/** A whole panel: head, facts, log. */
class PanelView {
  constructor(feed, model) {
    this.feed = feed;
    this.model = model;
    this.log = new LogView(feed, model);
    this.cancel = new CancelView(feed, model);
    this.parts = {};
    const part = (tag, name) => (this.parts[name] = element(tag, name));
    const what = element("div", "what", part("span", "shape"), part("strong", "status"), part("span", "title"), part("span", "id"));
    const head = element("div", "head", what, element("div", "side", part("div", "clock"), this.cancel.node));
    const about = element("div", "about", part("div", "facts"), part("div", "note"));
    const below = [part("div", "problem"), part("div", "said")];
    this.root = element("section", "job", head, part("div", "reason"), about, part("div", "stale"), this.log.node, ...below);
    this.parts.shape.setAttribute("aria-hidden", "true");
    this.parts.problem.setAttribute("role", "alert");
    this.parts.said.setAttribute("role", "status");
    this.parts.said.setAttribute("aria-live", "polite");
    this.timer = setInterval(() => this.tick(), 1000);
    this.update();
  }

  append(bytes) {
    this.log.append(bytes);
  }

  rebuild() {
    this.log.rebuild();
  }

  controls() {
    setText(this.parts.problem, this.feed.problem);
    this.cancel.update();
  }

  tick() {
    setText(this.parts.clock, this.feed.lost ? "" : clock(this.model.get("_view"), Date.now() / 1000));
  }

  update() {
    const view = this.model.get("_view");
    this.root.dataset.tone = view.tone;
    this.root.setAttribute("aria-label", `Job ${view.id}`);
    for (const name of ["shape", "status", "title", "reason", "note", "stale"]) setText(this.parts[name], view[name]);
    if (this.feed.lost && !view.final) {
      this.root.dataset.tone = "neutral";
      setText(this.parts.stale, `This panel has lost its kernel. The job is no worse for it: %prominence watch ${view.id}`);
    }
    this.parts.title.title = view.title;
    setText(this.parts.id, view.id ? `job ${view.id}` : "");
    this.parts.facts.replaceChildren(...view.facts.map(factView));
    setText(this.parts.said, `${view.title}: ${view.headline}`);
    this.log.words();
    this.controls();
    this.tick();
  }

  close() {
    clearInterval(this.timer);
    this.log.close();
    this.cancel.close();
  }
}

function factView([label, value]) {
  const fact = element("span", "fact", element("span", "label", `${label} `), value);
  fact.title = value;
  return fact;
}

function render(feed, model, el) {
  const view = new PanelView(feed, model);
  const update = () => view.update();
  feed.views.add(view);
  model.on("change:_view", update);
  el.append(view.root);
  return () => {
    feed.views.delete(view);
    model.off("change:_view", update);
    view.close();
  };
}

/** One call for each model, so that its views share one feed. */
export default () => {
  let feed;
  return {
    // Messages are taken from here on, whether or not a view is there: those sent at once after creation count too.
    initialize({ model }) {
      feed = new Feed((message) => model.send(message));
      feed.load(model.get("_output"));
      model.on("msg:custom", (message, buffers) => feed.receive(message, buffers));
      model.on("comm_live_update", () => feed.lose());
      model.on("change:_output", () => feed.load(model.get("_output")));
    },
    render: ({ model, el }) => render(feed, model, el),
  };
};
