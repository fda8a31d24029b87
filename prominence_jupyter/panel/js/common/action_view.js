import { button, element, pause } from "./dom.js";

/** One thing a person can ask for: a button that asks first, then words on what became of it. */
export class ActionView {
  /** `words` are label, question, group (the question with what it is about) and sent; `again` offers it anew once it is done. */
  constructor({ words, again, ask }) {
    this.words = words;
    this.again = again;
    this.ask = ask;
    this.node = element("span", "action");
    this.state = null;
    this.held = false;
  }

  /** Show a state of `Actions`, or "absent": it cannot be asked for. */
  update(state) {
    const shown = state === "problem" || (state === "done" && this.again) ? "none" : state;
    if (shown === this.state) return;
    this.state = shown;
    const card = this.node.closest(".prominence-card"); // takes the focus while there is no button for it
    const held = this.node.contains(document.activeElement) || (this.held && document.activeElement === card);
    if (shown === "none") this.#offer();
    else if (shown === "sent") this.node.replaceChildren(element("span", "quiet", this.words.sent));
    else this.node.replaceChildren();
    if (held) (this.node.querySelector("button") ?? card)?.focus({ preventScroll: true });
    this.held = held;
  }

  #offer() {
    const start = button(this.words.label, (event) => this.#confirm(event.detail > 0));
    this.node.replaceChildren(start);
    return start;
  }

  #confirm(byPointer) {
    const back = () => this.#offer().focus();
    const no = button("No", back);
    const yes = button("Yes", () => this.ask());
    if (byPointer) pause(yes);
    const group = element("span", "confirm", element("span", "question", this.words.question), yes, no);
    group.setAttribute("role", "group");
    group.setAttribute("aria-label", this.words.group);
    group.addEventListener("keydown", (event) => event.key === "Escape" && back());
    this.node.replaceChildren(group);
    no.focus();
  }
}
