import { button, element, setText } from "../common/dom.js";

const PATIENCE = 1500; // ms without an answer after which we say what it waits for

/** The cancel button, which asks first, and the words about what became of it. */
export class CancelView {
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
