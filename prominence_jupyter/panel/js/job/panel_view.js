import { element, setText } from "../common/dom.js";
import { clock } from "../common/words.js";
import { LogView } from "../log/log_view.js";
import { CancelView } from "./cancel_view.js";

/** A whole panel: head, facts, log. */
export class PanelView {
  constructor(feed, model) {
    this.feed = feed;
    this.model = model;
    this.log = new LogView(feed, model);
    this.cancel = new CancelView(feed, model);
    this.parts = {};
    const part = (tag, name) => (this.parts[name] = element(tag, name));
    const what = element("div", "what", part("span", "shape"), part("strong", "status"), part("span", "title"), part("span", "id"));
    const head = element("div", "head", what, element("div", "side", part("div", "clock"), this.cancel.node));
    const about = element("div", "about", part("div", "facts"), part("div", "note"));
    const below = [part("div", "problem"), part("div", "said")];
    this.root = element("section", "job", head, part("div", "reason"), about, part("div", "stale"), this.log.node, ...below);
    this.parts.shape.setAttribute("aria-hidden", "true");
    this.parts.problem.setAttribute("role", "alert");
    this.parts.said.setAttribute("role", "status");
    this.parts.said.setAttribute("aria-live", "polite");
    this.timer = setInterval(() => this.tick(), 1000);
    this.update();
  }

  append(bytes) {
    this.log.append(bytes);
  }

  rebuild() {
    this.log.rebuild();
  }

  controls() {
    setText(this.parts.problem, this.feed.problem);
    this.cancel.update();
  }

  tick() {
    setText(this.parts.clock, this.feed.lost ? "" : clock(this.model.get("_view"), Date.now() / 1000));
  }

  update() {
    const view = this.model.get("_view");
    this.root.dataset.tone = view.tone;
    this.root.setAttribute("aria-label", `Job ${view.id}`);
    for (const name of ["shape", "status", "title", "reason", "note", "stale"]) setText(this.parts[name], view[name]);
    if (this.feed.lost && !view.final) {
      this.root.dataset.tone = "neutral";
      setText(this.parts.stale, `This panel has lost its kernel. The job is no worse for it: %prominence watch ${view.id}`);
    }
    this.parts.title.title = view.title;
    setText(this.parts.id, view.id ? `job ${view.id}` : "");
    this.parts.facts.replaceChildren(...view.facts.map(factView));
    setText(this.parts.said, `${view.title}: ${view.headline}`);
    this.log.words();
    this.controls();
    this.tick();
  }

  close() {
    clearInterval(this.timer);
    this.log.close();
    this.cancel.close();
  }
}

function factView([label, value]) {
  const fact = element("span", "fact", element("span", "label", `${label} `), value);
  fact.title = value;
  return fact;
}
