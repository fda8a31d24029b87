import { element, setText } from "./dom.js";

/** Words under the head: what is waited for, what was done, what failed. */
export class Outcome {
  constructor() {
    this.said = element("div", "outcome");
    this.problem = element("div", "problem");
    this.problem.setAttribute("role", "alert");
    this.node = element("div", "outcomes", this.said, this.problem);
  }

  update(said, problem) {
    setText(this.said, said);
    setText(this.problem, problem);
  }
}
