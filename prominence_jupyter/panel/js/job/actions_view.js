import { element } from "../common/dom.js";
import { ActionView } from "./action_view.js";
import { Outcome } from "./outcome.js";

const PATIENCE = 1500; // ms without an answer after which we say what it waits for
const CANCEL = { label: "Cancel job", question: "Really cancel?", group: "Really cancel this job?", sent: "Cancelling…" };
const CLONE = { label: "Clone", question: "Submit it again?", group: "Submit this job again?", sent: "Submitting…" };
const DONE = { cancel: "Cancel requested", clone: "Submitted again" };

/** All that can be done with a job, and the words about it. `outcome` belongs below, where there is room for words. */
export class ActionsView {
  constructor({ actions, feed, model, say }) {
    this.actions = actions;
    this.feed = feed;
    this.model = model;
    this.say = say; // tells a screen reader
    this.outcome = new Outcome();
    const view = (name, words, again) => new ActionView({ words, again, ask: () => actions.ask(name) });
    this.views = { cancel: view("cancel", CANCEL, false), clone: view("clone", CLONE, true) };
    this.node = element("div", "actions", this.views.cancel.node, this.views.clone.node);
    this.node.dataset.lmSuppressShortcuts = "true"; // Enter means this button
    this.late = false;
    this.told = "";
  }

  update() {
    const offered = Object.keys(this.views).filter((name) => this.#offers(name));
    for (const [name, view] of Object.entries(this.views)) view.update(offered.includes(name) ? this.#state(name) : "absent");
    this.#wait(offered.find((name) => this.#state(name) === "sent"));
    const said = this.late ? this.#waitsFor() : this.#text("done");
    this.outcome.update(said, this.#text("problem"));
    if (said && said !== this.told) this.say(said);
    this.told = said;
  }

  close() {
    clearTimeout(this.timer);
  }

  #offers(name) {
    const wanted = this.model.get("_can").includes(name) && !this.feed.lost;
    return wanted && !(name === "cancel" && this.model.get("_view").final);
  }

  #state(name) {
    return this.actions.known[name].state;
  }

  /** Messages from a page wait in the kernel until no cell runs. */
  #wait(name) {
    if (name === this.waiting) return;
    this.waiting = name;
    this.late = false;
    clearTimeout(this.timer);
    if (!name) return;
    this.timer = setTimeout(() => {
      this.late = true;
      this.update();
    }, PATIENCE);
  }

  #waitsFor() {
    const waits = "Waiting for the running cell or the service";
    if (this.waiting !== "cancel") return waits;
    const { id, note } = this.model.get("_view");
    const local = note ? "%prominence local and " : ""; // an id of this machine may be another job's at a service
    const ways = ["interrupt the cell", `${local}%prominence delete ${id} in another notebook`];
    if (!note) ways.push(`prominence delete ${id} in a terminal`); // the official client knows nothing of this machine
    return `${waits}. At once: ${ways.join(", or ")}.`;
  }

  /** What the kernel said of all that is done, or that failed. */
  #text(state) {
    const { final } = this.model.get("_view");
    const names = Object.keys(this.views).filter((name) => this.#state(name) === state);
    const told = names.filter((name) => !(name === "cancel" && final)); // the status says more
    return told.map((name) => this.actions.known[name].text || DONE[name]).join(" · ");
  }
}
