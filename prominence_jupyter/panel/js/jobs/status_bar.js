import { button, element, setText } from "../common/dom.js";
import { TONES } from "./listing.js";

const MOST_GROUPS = 12; // a service may send any number of words

/** How many jobs have which status: a bar, and below it a button for each group that shows only its jobs. */
export class StatusBar {
  constructor(rows, listing, onToggle) {
    this.rows = rows;
    this.listing = listing;
    this.onToggle = onToggle;
    this.parts = new Map(); // group -> its segment and button; they stay while they have jobs or are used, and so does the focus
    this.bar = element("div", "jobs-bar");
    this.bar.setAttribute("aria-hidden", "true"); // the buttons say it
    this.buttons = element("div", "jobs-groups");
    this.buttons.setAttribute("role", "group");
    this.buttons.setAttribute("aria-label", "Show only jobs that are");
    this.node = element("div", "jobs-counts", this.bar, this.buttons);
  }

  update() {
    const groups = this.#groups();
    const names = new Set(groups.map(({ group }) => group));
    for (const [group, { segment, button: press }] of this.parts) {
      if (names.has(group)) continue;
      segment.remove();
      press.remove();
      this.parts.delete(group);
    }
    groups.forEach((group, i) => this.#show(group, i));
  }

  #groups() {
    const { groups } = this.rows;
    const left = [...this.parts].filter(([group]) => !groups.has(group) && this.#held(group));
    const empty = left.map(([, { about }]) => ({ ...about, count: 0 }));
    const held = ({ group }) => Number(this.#held(group));
    const most = [...groups.values(), ...empty].sort((a, b) => held(b) - held(a) || b.count - a.count).slice(0, MOST_GROUPS);
    const rank = ({ tone }) => TONES.indexOf(tone);
    return most.sort((a, b) => rank(a) - rank(b) || (a.group < b.group ? -1 : 1));
  }

  /** Whether a person uses it: it stays, even without jobs. */
  #held(group) {
    return this.listing.groups.has(group) || this.parts.get(group)?.button === document.activeElement;
  }

  #show({ group, tone, shape, count }, order) {
    const part = this.parts.get(group) ?? this.#add(group, shape);
    part.about = { group, tone, shape };
    const pressed = this.listing.groups.has(group);
    for (const node of [part.segment, part.button]) {
      node.dataset.tone = tone;
      node.dataset.quiet = String(this.listing.groups.size > 0 && !pressed);
      node.style.order = String(order);
    }
    part.segment.style.flexGrow = String(count);
    part.segment.title = `${group}: ${count.toLocaleString("en")}`;
    part.button.setAttribute("aria-pressed", String(pressed));
    setText(part.count, count.toLocaleString("en"));
  }

  #add(group, shape) {
    const toggle = () => this.onToggle(group);
    const segment = element("div", "jobs-segment");
    segment.addEventListener("click", toggle);
    const count = element("span", "jobs-count");
    const mark = element("span", "jobs-shape", shape);
    mark.setAttribute("aria-hidden", "true");
    const press = button("", toggle);
    press.className = "prominence-jobs-group";
    press.append(mark, element("span", "jobs-words", group), " ", count);
    const part = { segment, button: press, count };
    this.parts.set(group, part);
    this.bar.append(segment);
    this.buttons.append(press);
    return part;
  }
}
