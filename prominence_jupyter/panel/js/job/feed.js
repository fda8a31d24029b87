import { bytesOf } from "../log/bytes.js";
import { KEEP, OutputStore } from "../log/output_store.js";

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
