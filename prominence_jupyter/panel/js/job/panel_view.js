import { element, setText } from "../common/dom.js";
import { LogsView } from "../log/logs_view.js";
import { HeadView } from "../common/head_view.js";
import { DescriptionView } from "./description_view.js";
import { FactsView } from "./facts_view.js";
import { jobActions } from "./job_actions.js";
import { TasksView } from "./tasks_view.js";
import { Timeline } from "./timeline.js";

/** A whole panel: head, times, tasks, logs, description. */
export class PanelView {
  constructor({ actions, feed, model }) {
    this.feed = feed;
    this.model = model;
    this.said = element("div", "said");
    this.said.setAttribute("role", "status"); // the one place that is read aloud: changes, never ticks
    this.buttons = jobActions({ actions, feed, model, say: (words) => setText(this.said, words) });
    this.timeline = new Timeline();
    this.head = new HeadView("job", element("div", "side", this.timeline.clock, this.buttons.node));
    this.facts = new FactsView();
    this.tasks = new TasksView();
    this.logs = new LogsView({ feed, model });
    this.description = new DescriptionView(model);
    const outcome = this.buttons.outcome.node;
    const parts = [this.head, this.head.words, outcome, this.timeline, this.facts, this.tasks, this.logs, this.description];
    this.root = element("div", "job prominence-card", ...parts.map((part) => part.node ?? part), this.said);
    this.root.setAttribute("role", "group");
    this.root.tabIndex = -1; // takes the focus when the button that had it is gone
    this.timer = setInterval(() => this.tick(), 1000);
    this.ends = [actions.listen(() => this.update()), feed.listen(({ kind }) => this.#heard(kind))];
    this.update();
  }

  update() {
    const view = this.#shown();
    this.root.dataset.tone = view.tone;
    this.root.setAttribute("aria-label", `Job ${view.id}: ${view.title}`);
    for (const part of [this.head, this.facts, this.tasks]) part.update(view);
    for (const part of [this.buttons, this.logs, this.description]) part.update();
    const news = this.feed.lost && !view.final ? view.stale : `${view.title}: ${view.headline}`;
    if (news !== this.news) setText(this.said, news);
    this.news = news;
    this.tick();
    this.#turnToErrors();
  }

  tick() {
    const view = this.#shown();
    this.timeline.update(view, this.lostAt ?? (view.stale ? view.as_of : Date.now() / 1000));
  }

  close() {
    clearInterval(this.timer);
    for (const end of this.ends) end();
    for (const part of [this.buttons, this.logs]) part.close();
  }

  #heard(kind) {
    if (kind === "log") this.#turnToErrors();
    if (kind === "lost") this.update();
  }

  /** Once, at the end of a job that failed without a word in its stdout: what it said stands in its stderr. */
  #turnToErrors() {
    const { final, tone } = this.model.get("_view");
    const { stdout, stderr } = this.feed.logs;
    if (this.turned || !final || tone !== "bad" || stdout.size > 0 || stderr.size === 0) return;
    this.turned = true;
    this.logs.tabs.pick("stderr");
  }

  /** The view as the kernel sent it; without a kernel it gets no newer, and says so. */
  #shown() {
    const view = this.model.get("_view");
    if (!this.feed.lost || view.final) return view;
    this.lostAt ??= Date.now() / 1000;
    const stale = "This panel has lost its kernel: what it shows gets no newer.";
    return { ...view, tone: "neutral", stale, advice: `The job is no worse for it: %prominence watch ${view.id}` };
  }
}
