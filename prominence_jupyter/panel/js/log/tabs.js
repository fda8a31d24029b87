import { button, element } from "../common/dom.js";
import { randomId } from "../common/random_id.js";

/** Tabs, as ARIA has them: arrow keys, Home and End go from one to the next. */
export class Tabs {
  /** `names` of the tabs; `pick` is called with the name of the one that a person picks. */
  constructor({ names, label, pick }) {
    this.names = names;
    this.pick = pick;
    this.prefix = `prominence-${randomId()}`;
    this.buttons = Object.fromEntries(names.map((name) => [name, this.#tab(name)]));
    this.node = element("div", "log-tabs", ...Object.values(this.buttons));
    this.node.setAttribute("role", "tablist");
    this.node.setAttribute("aria-label", label);
    this.node.addEventListener("keydown", (event) => this.#pressed(event));
  }

  /** Make a node the panel of a tab. */
  own(name, panel) {
    panel.id = `${this.prefix}-panel-${name}`;
    panel.setAttribute("role", "tabpanel");
    panel.setAttribute("aria-labelledby", this.buttons[name].id);
    this.buttons[name].setAttribute("aria-controls", panel.id);
  }

  select(name) {
    this.selected = name;
    for (const [other, tab] of Object.entries(this.buttons)) {
      tab.setAttribute("aria-selected", String(other === name));
      tab.tabIndex = other === name ? 0 : -1;
    }
  }

  /** Say by a dot, and in words, that there is something behind a tab that is not selected. */
  mark(name, marked) {
    const tab = this.buttons[name];
    tab.dataset.marked = String(marked);
    if (marked) tab.setAttribute("aria-label", `${name}, has output`);
    else tab.removeAttribute("aria-label");
  }

  #tab(name) {
    const tab = button(name, () => this.pick(name));
    tab.classList.add("prominence-log-tab");
    tab.id = `${this.prefix}-tab-${name}`;
    tab.setAttribute("role", "tab");
    return tab;
  }

  #pressed(event) {
    const { names, selected } = this;
    const steps = { ArrowRight: 1, ArrowLeft: -1, Home: -names.indexOf(selected), End: names.length - 1 - names.indexOf(selected) };
    if (!(event.key in steps)) return;
    event.preventDefault();
    const name = names[(names.indexOf(selected) + steps[event.key] + names.length) % names.length];
    this.pick(name);
    this.buttons[name].focus();
  }
}
