import { element } from "./dom.js";
import { ActionView } from "./action_view.js";
import { Outcome } from "./outcome.js";

const PATIENCE = 1500; // ms without an answer after which we say what it waits for

/** All that can be done with something, and the words about it. `outcome` belongs below, where there is room for words. */
export class ActionsView {
  /**
   * `kinds` has the words of each action: label, question, group, sent, done, and whether it is offered `again` once it is
   * done. `offers(name)` tells whether it can be asked for now, `moot(name)` whether its outcome need not be told any more,
   * `waitsFor(name)` what is said of one that gets no answer. `say` tells a screen reader.
   */
  constructor({ actions, kinds, offers, moot, waitsFor, say }) {
    Object.assign(this, { actions, kinds, offers, moot, waitsFor, say });
    this.outcome = new Outcome();
    const view = ([name, words]) => [name, new ActionView({ words, again: words.again, ask: () => actions.ask(name) })];
    this.views = Object.fromEntries(Object.entries(kinds).map(view));
    this.node = element("div", "actions", ...Object.values(this.views).map(({ node }) => node));
    this.node.dataset.lmSuppressShortcuts = "true"; // Enter means this button
    this.late = false;
    this.told = "";
  }

  update() {
    const offered = Object.keys(this.views).filter((name) => this.offers(name));
    for (const [name, view] of Object.entries(this.views)) view.update(offered.includes(name) ? this.#state(name) : "absent");
    this.#wait(offered.find((name) => this.#state(name) === "sent"));
    const said = this.late ? this.waitsFor(this.waiting) : this.#text("done");
    this.outcome.update(said, this.#text("problem"));
    if (said && said !== this.told) this.say(said);
    this.told = said;
  }

  close() {
    clearTimeout(this.timer);
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

  /** What the kernel said of all that is done, or that failed. */
  #text(state) {
    const told = Object.keys(this.views).filter((name) => this.#state(name) === state && !this.moot(name));
    return told.map((name) => this.actions.known[name].text || this.kinds[name].done).join(" · ");
  }
}
