import { button, element, setText } from "../common/dom.js";
import { byteCount, lineCount } from "../common/words.js";
import { LogView } from "./log_view.js";
import { noteOn } from "./note.js";
import { SearchBar } from "./search_bar.js";
import { Tabs } from "./tabs.js";

const STREAMS = ["stdout", "stderr"];
const PATIENCE = 1500; // ms without an answer after which we say what it waits for
const COPIED = 1500; // ms for which the button says so

/** The logs of a job: tabs, search, wrap, copy and save above one log, its length below. */
export class LogsView {
  /** `feed` is a Feed; `model` gives `_view` (id, final) and `_can` ("save"). `node` is the node to embed. */
  constructor({ feed, model }) {
    this.feed = feed;
    this.model = model;
    this.copied = "";
    this.views = Object.fromEntries(STREAMS.map((stream) => [stream, this.#view(stream)]));
    this.tabs = new Tabs({ names: STREAMS, label: "Output", pick: (stream) => this.#pick(stream) });
    for (const stream of STREAMS) this.tabs.own(stream, this.views[stream].node);
    this.search = new SearchBar({
      find: (query) => this.#sought(() => this.view.find(query)),
      step: (by) => this.#sought(() => this.view.step(by)),
      closed: () => this.view.scroller.focus(),
    });
    this.note = element("span", "log-note");
    this.note.setAttribute("role", "status");
    this.length = element("span", "log-length");
    const bar = element("div", "log-bar", this.tabs.node, this.#tools());
    const foot = element("div", "log-foot", this.note, this.length);
    this.node = element("div", "logs", bar, this.search.node, ...STREAMS.map((stream) => this.views[stream].node), foot);
    this.node.dataset.lmSuppressShortcuts = "true"; // JupyterLab's keys are not meant for what is typed here
    this.node.addEventListener("keydown", (event) => this.#pressed(event));
    this.unlisten = feed.listen((event) => this.#heard(event));
    this.#pick("stdout");
    this.update();
  }

  get view() {
    return this.views[this.tabs.selected];
  }

  /** Call when `_view` or `_can` of the model changed. */
  update() {
    const { id, final } = this.model.get("_view");
    for (const stream of STREAMS) {
      const { scroller } = this.views[stream];
      scroller.setAttribute("aria-label", `${stream} of job ${id}`);
      scroller.dataset.placeholder = final ? "No output." : "No output yet.";
    }
    this.save.hidden = !this.model.get("_can").includes("save") || this.feed.lost;
    this.#say();
  }

  /** Call when the view goes. */
  close() {
    clearTimeout(this.timer);
    clearTimeout(this.copyTimer);
    this.unlisten();
    for (const stream of STREAMS) this.views[stream].close();
    this.feed.show(this, null);
    this.feed.read(this, false);
  }

  #view(stream) {
    return new LogView({ feed: this.feed, stream, changed: () => this.tabs.selected === stream && this.#say() });
  }

  #tools() {
    const tool = (label, onClick) => {
      const node = button(label, onClick);
      node.classList.add("prominence-log-tool");
      return node;
    };
    const wrap = tool("Wrap", () => {
      const on = wrap.getAttribute("aria-pressed") === "false";
      wrap.setAttribute("aria-pressed", String(on));
      for (const stream of STREAMS) this.views[stream].wrap = on;
    });
    wrap.setAttribute("aria-pressed", "true");
    this.copy = tool("Copy", () => this.#copy());
    this.copy.classList.add("prominence-log-copy");
    this.save = tool("Save", () => this.feed.save(this.tabs.selected));
    this.save.title = "Write the whole log into a file beside the notebook";
    return element("div", "log-tools", tool("Search", () => this.search.open()), wrap, this.copy, this.save);
  }

  #pick(stream) {
    const { activeElement } = document;
    if (this.tabs.selected) this.search.close();
    this.tabs.select(stream);
    const held = STREAMS.some((name) => name !== stream && this.views[name].node.contains(activeElement));
    for (const name of STREAMS) this.views[name].node.hidden = name !== stream;
    if (held || this.search.node.contains(activeElement)) this.view.scroller.focus({ preventScroll: true }); // what had it is hidden
    else if (this.tabs.node.contains(activeElement)) this.tabs.buttons[stream].focus({ preventScroll: true });
    this.feed.show(this, stream);
    this.view.update();
    this.#say();
  }

  #heard({ kind, stream }) {
    if (kind === "log") this.views[stream].update();
    if (kind === "log" && stream !== this.tabs.selected) this.tabs.mark(stream, this.feed.logs[stream].size > 0);
    if (kind !== "log") this.update();
  }

  #pressed(event) {
    if (event.key.toLowerCase() !== "f" || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    this.search.open();
  }

  async #copy() {
    const done = await this.view.copying.copyAll();
    setText(this.copy, done ? "Copied" : "Copy");
    const part = this.#part();
    this.copied = done ? part && `Copied ${part}` : "This page may not copy by itself: press Ctrl+C, on a Mac ⌘C";
    this.#say();
    clearTimeout(this.copyTimer);
    this.copyTimer = setTimeout(() => {
      setText(this.copy, "Copy");
      this.copied = "";
      this.#say();
    }, done ? COPIED : 4 * COPIED);
  }

  /** Say how long the log is, what is searched, what is waited for. */
  #say() {
    const { selected } = this.tabs;
    const log = this.feed.logs[selected];
    const { search, window } = this.view;
    const reading = !window.following || !this.search.node.hidden;
    this.feed.read(this, reading);
    for (const name of STREAMS) this.tabs.mark(name, name !== selected && this.feed.logs[name].size > 0);
    this.view.scroller.dataset.empty = String(log.size === 0);
    setText(this.length, log.size > 0 ? `${lineCount(log.lineCount)} · ${byteCount(log.size)}` : "");
    const part = this.#part();
    this.search.say({ query: search.query, place: search.place, count: search.matches.length, more: search.isFull }, part && `in ${part}`);
    const now = this.feed.now();
    const { asked } = log;
    const due = [asked?.since + PATIENCE, asked?.since + log.patience, this.feed.saving.since + PATIENCE].filter((time) => time > now);
    clearTimeout(this.timer);
    if (due.length > 0 && !this.feed.lost) this.timer = setTimeout(() => this.#wake(), Math.min(...due) + 10 - now);
    const stays = reading && this.model.get("_view").final;
    const words = noteOn({ log, window, feed: this.feed, copied: this.copied, late: now - PATIENCE, stays });
    setText(this.note, words);
    this.note.title = words;
    this.note.dataset.whole = String(this.feed.saving.text !== ""); // it names a file
  }

  /** Something is late: say so, and ask for it again when it is time. */
  #wake() {
    this.#say();
    this.view.update();
  }

  /** Search, and say aloud what came of it; what output changes of it later is shown only. */
  #sought(search) {
    search();
    this.#say();
    this.search.speak();
  }

  /** The part of the log that is held, in words; "" where it is all of it. */
  #part() {
    const { span, size } = this.view.window;
    if (span.length >= size) return "";
    return span.end >= size ? `the last ${byteCount(span.length)}` : `these ${byteCount(span.length)}`;
  }
}
