import { button, element, setText } from "../common/dom.js";

/** A field to search in a log: Enter and Shift+Enter go on and back, Escape closes. */
export class SearchBar {
  /** Calls `find(query)`, `step(by)` and `closed()`. */
  constructor({ find, step, closed }) {
    Object.assign(this, { find, step, closed });
    this.input = element("input", "log-query");
    Object.assign(this.input, { type: "search", placeholder: "Search", spellcheck: false, autocomplete: "off" });
    this.input.setAttribute("aria-label", "Search this log");
    this.said = element("span", "log-found");
    this.spoken = element("span", "said"); // read aloud: what was found when one searched, not what comes with output
    this.spoken.setAttribute("role", "status");
    const named = (label, name, onClick) => {
      const node = button(label, onClick);
      Object.assign(node, { title: name, ariaLabel: name });
      return node;
    };
    const buttons = [
      named("↑", "Previous match", () => this.step(-1)),
      named("↓", "Next match", () => this.step(1)),
      named("×", "Close search", () => this.#leave()),
    ];
    this.node = element("div", "log-search", this.input, this.said, element("span", "log-steps", ...buttons), this.spoken);
    this.node.hidden = true;
    this.input.addEventListener("input", () => this.find(this.input.value));
    this.node.addEventListener("keydown", (event) => this.#pressed(event));
  }

  open() {
    this.node.hidden = false;
    this.input.focus();
    this.input.select();
    this.find(this.input.value);
  }

  close() {
    if (this.node.hidden) return;
    this.node.hidden = true;
    this.find("");
  }

  /** Say where we are: "3 of 17"; `part` names the part of the log that is searched, "" for all of it. */
  say({ query, place, count, more }, part) {
    const found = count === 0 ? "none" : `${place.toLocaleString("en")} of ${count.toLocaleString("en")}${more ? "+" : ""}`;
    setText(this.said, query === "" ? "" : [found, part].filter(Boolean).join(" "));
  }

  /** Say it aloud. */
  speak() {
    setText(this.spoken, this.said.textContent);
  }

  #leave() {
    this.close();
    this.closed(); // the focus was here
  }

  #pressed(event) {
    if (event.isComposing) return; // these keys are meant for what is being typed
    if (event.key === "Escape") this.#leave();
    else if (event.key === "Enter" && event.target === this.input) this.step(event.shiftKey ? -1 : 1);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}
