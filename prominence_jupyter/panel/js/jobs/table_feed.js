import { randomId } from "../common/random_id.js";
import { JobRows } from "./job_rows.js";

const ASK_AGAIN = 10_000; // ms: an answer may be lost too, or wait for a cell

/** What the table knows; all views of a model share it. */
export class TableFeed {
  constructor(send, can = [], now = Date.now) {
    this.send = send;
    this.canSelect = can.includes("select");
    this.canCancel = can.includes("cancel");
    this.now = now;
    this.rows = new JobRows();
    this.seq = 0; // all news up to this one are in the rows
    this.asked = -Infinity;
    this.stale = "";
    this.worstFirst = false; // how a view is sorted at first
    this.checked = new Set(); // ids to cancel
    this.selected = null; // the job whose log is open
    this.waits = new Map(); // action -> what it is about, until the kernel has done it
    this.said = { kind: "done", text: "" };
    this.lost = false; // the kernel that fed us is gone
    this.views = new Set();
    this.page = randomId();
    this.saidShown = false; // what this page told the kernel last
  }

  /** A view of this page shows the table from now on. */
  show(view) {
    this.views.add(view);
    this.#say(true);
  }

  hide(view) {
    this.views.delete(view);
    if (this.views.size === 0) this.#say(false);
  }

  /** The page goes: nobody looks there any more. */
  leave() {
    this.#say(false);
  }

  /** The state that travels with the model: at its creation, and again after the page was loaded anew. */
  load(state) {
    if (!state) return;
    this.columns = state.columns;
    this.selected = state.selected;
    this.worstFirst = state.worst_first;
    this.#take(state);
    this.send({ resync: this.seq }); // what was sent while the page had no code for the widget
  }

  receive(message) {
    if (message.kind === "rows") {
      if (message.after > this.seq) this.#ask();
      this.#take(message);
    } else if (message.kind === "done" || message.kind === "problem") {
      if (message.action === "cancel" && message.kind === "done") this.check(this.waits.get("cancel") ?? [], false);
      this.waits.delete(message.action);
      this.selected = message.selected;
      if (message.text || this.said.action === message.action) this.said = message;
      this.tell("controls");
    }
  }

  check(ids, wanted) {
    for (const id of ids) {
      if (wanted && this.rows.byId.get(id)?.mayCancel) this.checked.add(id);
      else this.checked.delete(id);
    }
    this.tell("controls");
  }

  cancel() {
    const ids = [...this.checked];
    this.said = { kind: "done", text: "" };
    this.#request("cancel", ids);
  }

  /** Ask for the log of a job, or to close it when it is open. */
  select(id) {
    const wanted = this.waits.has("select") ? this.waits.get("select") : this.selected;
    this.#request("select", wanted === id ? null : id);
  }

  /** The kernel is gone, or another one: nothing will come any more, and nothing we send arrives. */
  lose() {
    this.lost = true;
    this.waits.clear();
    this.tell("controls");
  }

  tell(what, ...about) {
    for (const view of this.views) view[what](...about);
  }

  #say(shown) {
    if (this.lost || shown === this.saidShown) return;
    this.saidShown = shown;
    this.send({ shown, page: this.page });
  }

  #request(action, about) {
    if (this.lost) return;
    this.waits.set(action, about);
    this.send({ [action]: about });
    this.tell("controls");
  }

  #take({ rows, seq, after, stale, parameters }) {
    const isNamed = parameters && parameters.join("\n") !== this.rows.parameters.join("\n");
    if (isNamed) this.rows.name(parameters);
    const changed = this.rows.take(this.columns, rows);
    if (after === undefined || after <= this.seq) this.seq = Math.max(this.seq, seq);
    this.stale = stale;
    for (const id of changed) if (!this.rows.byId.get(id).mayCancel) this.checked.delete(id);
    if (isNamed) this.tell("rebuild");
    else this.tell("update", changed);
  }

  #ask() {
    if (this.now() - this.asked < ASK_AGAIN) return;
    this.asked = this.now();
    this.send({ resync: this.seq });
  }
}
