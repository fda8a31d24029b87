import { element, setText } from "./dom.js";

/** What a job or a workflow is called, how it is, and why. */
export class HeadView {
  constructor(kind, side) {
    this.kind = kind;
    this.parts = {};
    const part = (tag, name) => (this.parts[name] = element(tag, name));
    const what = element("div", "what", part("span", "shape"), part("strong", "status"), part("span", "title"), part("span", "id"));
    this.parts.shape.setAttribute("aria-hidden", "true"); // the status says it
    this.node = element("div", "head", what, side);
    this.words = element("div", "words", part("div", "reason"), part("div", "explanation"), part("div", "stale"), part("div", "advice"));
  }

  update(view) {
    for (const [name, node] of Object.entries(this.parts)) setText(node, view[name] ?? "");
    this.parts.title.title = view.title;
    setText(this.parts.id, view.id ? `${this.kind} ${view.id}` : "");
  }
}
