import { element, setText } from "../common/dom.js";
import { jobCount } from "../common/words.js";

const PATIENCE = 1500; // ms without an answer after which we say what it waits for

/** What became of what the person asked for, and why the table may be old. */
export class Notes {
  constructor(feed) {
    this.feed = feed;
    this.stale = element("div", "jobs-stale");
    this.said = element("div", "jobs-said");
    this.said.setAttribute("role", "status");
    this.node = element("div", "jobs-notes", this.stale, this.said);
    this.update();
  }

  update() {
    const { lost, stale, said, waits } = this.feed;
    const gone = "This table has lost its kernel. The jobs are no worse for it: %prominence list";
    setText(this.stale, lost ? gone : stale);
    if (waits.size > 0 && !this.timer) this.timer = setTimeout(() => this.#impatient(), PATIENCE);
    if (waits.size === 0) this.close();
    this.said.dataset.kind = said.kind;
    setText(this.said, this.#waiting() || said.text);
  }

  close() {
    clearTimeout(this.timer);
    this.timer = this.late = undefined;
  }

  #impatient() {
    this.late = true;
    this.update();
  }

  #waiting() {
    const { waits } = this.feed;
    if (waits.has("cancel")) {
      const what = `Cancelling ${jobCount(waits.get("cancel").length)}`;
      return this.late ? `${what}, when no cell runs. At once, in a terminal: prominence delete ID` : `${what}…`;
    }
    if (!this.late || !waits.has("select")) return "";
    const id = waits.get("select");
    const job = this.feed.rows.byId.get(id)?.job;
    return id === null ? "The log closes when no cell runs." : `The log of job ${job} opens when no cell runs.`;
  }
}
