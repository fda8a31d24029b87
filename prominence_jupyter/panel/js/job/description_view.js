import { element, setText } from "../common/dom.js";

/** The description of a job as it can be submitted again, closed at first. */
export class DescriptionView {
  constructor(model) {
    this.model = model;
    this.text = element("pre", "json");
    Object.assign(this.text, { tabIndex: 0, role: "group" });
    this.text.setAttribute("aria-label", "Description of the job");
    this.node = element("details", "description", element("summary", "summary", "Description"), this.text);
    this.node.dataset.lmSuppressShortcuts = "true"; // Enter opens this, and edits no cell
    this.node.addEventListener("toggle", () => this.update());
    this.update();
  }

  update() {
    const text = this.model.get("_description");
    this.node.hidden = !text;
    if (this.node.open) setText(this.text, text); // up to 64 KB: nobody pays for it unseen
  }
}
