import { element } from "../common/dom.js";

/** Where a job runs, and how it is labelled. */
export class FactsView {
  constructor() {
    this.node = element("div", "facts");
    this.shown = "";
  }

  update({ site, labels, more_labels: more, note }) {
    const shown = JSON.stringify([site, labels, more, note]);
    if (shown === this.shown) return; // what a person selected stays selected
    this.shown = shown;
    const pairs = labels.map(([name, value]) => `${name}=${value}`);
    const words = [...pairs, ...(more ? [`and ${more} more`] : [])].join(", ");
    const facts = [["site", site], [labels.length === 1 ? "label" : "labels", words]];
    this.node.replaceChildren(...facts.filter(([, value]) => value).map(fact));
    if (note) this.node.append(element("span", "note", note));
  }
}

function fact([label, value]) {
  const node = element("span", "fact", element("span", "label", `${label} `), value);
  node.title = value;
  return node;
}
