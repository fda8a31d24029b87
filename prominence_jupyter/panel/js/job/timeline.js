import { element, setText } from "../common/dom.js";
import { duration } from "../common/words.js";
import { clocks } from "./clocks.js";
import { layout } from "./phases.js";

/** Where the time of a job went: a thin bar, and below it the same in words. `clock` says what these do not: the sums. */
export class Timeline {
  constructor() {
    this.bar = element("div", "bar");
    this.bar.setAttribute("aria-hidden", "true"); // the words say it
    this.phases = element("ul", "phases");
    this.clock = element("div", "clock");
    this.node = element("div", "timeline", this.bar, this.phases);
    this.shown = "";
  }

  /** Show the time of a job as a view has it, at a time in Unix seconds. */
  update(view, now) {
    const phases = layout(view.phases, now);
    const shape = JSON.stringify(view.phases.map(({ name, tone, since }) => [name, tone, since]));
    if (shape !== this.shown) this.#build(phases);
    this.shown = shape;
    phases.forEach((phase, i) => {
      const time = phase.text || duration(phase.seconds);
      this.segments[i].style.flexGrow = phase.share;
      this.segments[i].title = `${phase.name}: ${time}`;
      setText(this.texts[i], time);
    });
    const told = new Set(phases.map((phase) => phase.name));
    const others = clocks(view, now).filter(([word]) => !told.has(word));
    setText(this.clock, others.map(([word, seconds]) => `${word} ${duration(seconds)}`).join(" · "));
    this.node.hidden = phases.length === 0;
  }

  #build(phases) {
    this.segments = phases.map((phase) => toned("span", "segment", phase));
    this.texts = phases.map(() => element("span", "time"));
    this.bar.replaceChildren(...this.segments);
    this.phases.replaceChildren(
      ...phases.map((phase, i) => {
        const mark = toned("span", "mark", phase);
        mark.setAttribute("aria-hidden", "true");
        return element("li", "phase", mark, `${phase.name} `, this.texts[i]);
      }),
    );
  }
}

function toned(tag, name, phase) {
  const node = element(tag, name);
  node.dataset.tone = phase.tone;
  return node;
}
