import { randomId } from "../common/random_id.js";
import { bytesOf } from "../log/bytes.js";
import { Span } from "../log/span.js";
import { ASK, LogWindow } from "../log/window.js";

export const STREAMS = ["stdout", "stderr"];
const NEWLINE = 10;
const NOT_SAVED = { state: "none", text: "" }; // or sent (with `since`), done, problem
const PATIENCE = 15_000; // ms without an answer after which one asks again; then twice as long, and so on

/**
 * What a panel knows besides the traits of its model; all views of a model share it.
 *
 * Listeners are called with {kind: "log", stream}, {kind: "saving"} or {kind: "lost"}.
 */
export class Feed {
  constructor(send, now = () => Date.now()) {
    this.send = send;
    this.now = now;
    this.page = randomId();
    this.lost = false; // the kernel that fed us is gone
    this.logs = Object.fromEntries(STREAMS.map((stream) => [stream, new Log()]));
    this.saving = NOT_SAVED;
    this.listeners = new Set();
    this.shows = new Map(); // view -> stream
    this.said = null; // the streams of `shows`, as this page told the kernel
    this.readers = new Set(); // views in which a person reads
  }

  /** Call `listener` with every event; returns what ends that. */
  listen(listener) {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** A window on a log for one view. `close` it in the end. */
  open(stream) {
    const log = this.logs[stream];
    const window = new LogWindow();
    window.grow(log.size);
    window.follow(log.newest);
    log.windows.add(window);
    return window;
  }

  close(stream, window) {
    this.logs[stream].windows.delete(window);
  }

  /** Say which log a view shows now; null for none. */
  show(view, stream) {
    if (stream) this.shows.set(view, stream);
    else this.shows.delete(view);
    const shown = STREAMS.filter((name) => [...this.shows.values()].includes(name));
    if (shown.join() === this.said) return;
    this.said = shown.join();
    this.#ship({ shown, page: this.page });
  }

  /** Say whether a person reads in a view now: then the panel stays, though its job ends. */
  read(view, reading) {
    const before = this.readers.size > 0;
    if (reading) this.readers.add(view);
    else this.readers.delete(view);
    const now = this.readers.size > 0;
    if (now !== before) this.#ship({ reading: now, page: this.page });
  }

  /** The page goes: nobody looks there any more. */
  leave() {
    if (this.said) this.#ship({ shown: [], page: this.page });
    for (const view of this.readers) this.read(view, false);
  }

  /** The logs that travel with the model: at its creation, and again after the page was loaded anew. */
  load(state) {
    for (const stream of STREAMS) {
      if (state?.[stream]) this.#take({ kind: "output", stream, ...state[stream] }, bytesOf(state[stream].data));
    }
  }

  receive(message, buffers = []) {
    if (message.action === "save") {
      this.#note({ state: message.kind, text: message.text });
    } else if (Object.hasOwn(this.logs, message.stream)) {
      this.#take(message, bytesOf(buffers[0]));
    }
  }

  /** Have the kernel write a whole log into a file. */
  save(stream) {
    if (this.lost) return;
    this.#note({ state: "sent", text: "", since: this.now() });
    this.#ship({ action: "save", stream });
  }

  /** Ask for bytes, [from, to], for a window, unless an answer is due. */
  ask(stream, bytes, window) {
    const log = this.logs[stream];
    if (this.lost || (log.asked && this.now() - log.asked.since < log.patience)) return;
    log.patience = log.asked ? log.patience * 2 : PATIENCE;
    log.asked = { bytes, window, since: this.now() };
    this.#ship({ ask: bytes, stream, run: log.run });
  }

  /** The kernel is gone, or another one: nothing will come any more, and nothing we send arrives. */
  lose() {
    this.lost = true;
    if (this.saving.state === "sent") this.saving = NOT_SAVED;
    this.#tell({ kind: "lost" });
  }

  /** All that goes to the kernel: a front end throws where it is gone. */
  #ship(message) {
    if (!this.lost) this.send(message);
  }

  #note(saving) {
    this.saving = saving;
    this.#tell({ kind: "saving" });
  }

  #take(message, bytes) {
    const log = this.logs[message.stream];
    if (message.run < log.run) return;
    if (message.run > log.run) log.begin(message.run);
    log.notice = message.notice;
    if (message.size >= log.size) Object.assign(log, { size: message.size, lines: message.lines });
    if (message.kind === "output") log.push(message.start, bytes);
    if (message.kind === "answer") log.answer(message.start, bytes);
    for (const window of log.windows) window.grow(log.size);
    this.#tell({ kind: "log", stream: message.stream });
  }

  #tell(event) {
    for (const listener of [...this.listeners]) listener(event);
  }
}

/** One log: how long it is, its newest bytes, and the windows on it. */
class Log {
  constructor() {
    this.windows = new Set();
    this.begin(0);
  }

  begin(run) {
    this.run = run;
    this.size = 0;
    this.lines = 0; // newline characters
    this.notice = "";
    this.newest = new Span();
    this.asked = null; // {bytes: [from, to], window, since} while an answer is due
    this.patience = PATIENCE;
    for (const window of this.windows) window.begin();
  }

  /** Lines, one that has not ended yet too. */
  get lineCount() {
    const open = this.newest.length > 0 && this.newest.end === this.size && this.newest.pieces.at(-1).at(-1) !== NEWLINE;
    return this.lines + (open ? 1 : 0);
  }

  push(start, bytes) {
    if (start > this.newest.end) this.newest = new Span(start);
    const rest = bytes.subarray(Math.max(0, this.newest.end - start));
    if (rest.length > 0) this.newest.append(rest);
    this.newest.dropStart(ASK);
    for (const window of this.windows) window.push(start, bytes);
  }

  answer(start, bytes) {
    const asked = this.asked?.bytes ?? [start, start + bytes.length];
    const asker = this.asked?.window;
    this.asked = null;
    for (const window of this.windows) {
      if (window === asker || !window.drops(start, bytes)) window.answer(asked, start, bytes);
    }
  }
}
