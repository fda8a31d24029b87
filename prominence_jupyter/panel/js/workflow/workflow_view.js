import { element, setText } from "../common/dom.js";
import { HeadView } from "../common/head_view.js";
import { clock, timeLeft } from "./clock.js";
import { GraphView } from "./graph_view.js";
import { workflowActions } from "./workflow_actions.js";

/** The whole head of a workflow: what it is, how far it is, its graph, what can be done with it. */
export class WorkflowView {
  constructor({ actions, kernel, model }) {
    this.kernel = kernel;
    this.model = model;
    this.said = element("div", "said");
    this.said.setAttribute("role", "status"); // the one place that is read aloud: changes, never ticks
    this.buttons = workflowActions({ actions, kernel, model, say: (words) => setText(this.said, words) });
    this.clock = element("div", "clock");
    this.head = new HeadView("workflow", element("div", "side", this.clock, this.buttons.node));
    this.progress = element("span", "progress");
    this.expected = element("span", "expected");
    this.times = element("span", "times");
    this.graph = new GraphView();
    const far = element("div", "far", this.progress, this.expected, this.times);
    const parts = [this.head.node, this.head.words, this.buttons.outcome.node, far, this.graph.node, this.said];
    this.root = element("div", "workflow prominence-card", ...parts);
    this.root.setAttribute("role", "group");
    this.root.tabIndex = -1; // takes the focus when the button that had it is gone
    this.timer = setInterval(() => this.tick(), 1000);
    this.ends = [actions.listen(() => this.update()), kernel.listen(() => this.update())];
    this.update();
  }

  update() {
    const view = this.#shown();
    this.root.dataset.tone = view.tone;
    this.root.setAttribute("aria-label", `Workflow ${view.id}: ${view.title}`);
    this.head.update(view);
    this.graph.update(view);
    this.buttons.update();
    for (const name of ["progress", "times"]) setText(this[name], view[name]);
    const news = this.kernel.lost && !view.final ? view.stale : `${view.title}: ${view.status}`;
    if (news !== this.news) setText(this.said, news);
    this.news = news;
    this.tick();
  }

  tick() {
    const view = this.#shown();
    const now = this.lostAt ?? (view.stale ? view.as_of : Date.now() / 1000);
    setText(this.clock, clock(view, now));
    setText(this.expected, timeLeft(view.expected_end, now));
  }

  close() {
    clearInterval(this.timer);
    for (const end of this.ends) end();
    for (const part of [this.buttons, this.graph]) part.close();
  }

  /** The view as the kernel sent it; without a kernel it gets no newer, and says so. */
  #shown() {
    const view = this.model.get("_view");
    if (!this.kernel.lost || view.final) return view;
    this.lostAt ??= Date.now() / 1000;
    const stale = "This view has lost its kernel: what it shows gets no newer.";
    return { ...view, tone: "neutral", expected_end: null, stale, advice: `The workflow is no worse for it: %prominence watch workflow ${view.id}` };
  }
}
