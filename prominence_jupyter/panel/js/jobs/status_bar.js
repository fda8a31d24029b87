import { button, element, setText } from "../common/dom.js";
import { TONES } from "./listing.js";

const MOST_GROUPS = 12; // a service may send any number of words

/** How many jobs have which status: a bar, and below it a button for each group that shows only its jobs. */
export class StatusBar {
  constructor(rows, listing, onToggle) {
    this.rows = rows;
    this.listing = listing;
    this.onToggle = onToggle;
    this.parts = new Map(); // group -> its segment and button; they stay, and so does the focus
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
    for (const [group, part] of this.parts) part.segment.hidden = part.button.hidden = !names.has(group);
    groups.forEach((group, i) => this.#show(group, i));
  }

  #groups() {
    const { groups } = this.rows;
    const present = [...groups.values()].filter(({ group, count }) => count > 0 || this.listing.groups.has(group));
    const most = present.sort((a, b) => b.count - a.count).slice(0, MOST_GROUPS);
    const rank = ({ tone }) => TONES.indexOf(tone);
    return most.sort((a, b) => rank(a) - rank(b) || (a.group < b.group ? -1 : 1));
  }

  #show({ group, tone, shape, count }, order) {
    const part = this.parts.get(group) ?? this.#add(group, shape);
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
