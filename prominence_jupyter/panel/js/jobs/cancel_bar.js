import { button, element, pause, setText } from "../common/dom.js";
import { jobCount } from "../common/words.js";

/** The button that cancels what is selected; it asks first. */
export class CancelBar {
  constructor(feed, listing) {
    this.feed = feed;
    this.listing = listing;
    this.asks = false;
    this.start = button("", (event) => {
      if (this.start.getAttribute("aria-disabled") === "true") return;
      if (event.detail > 0) pause(yes);
      this.#ask(true);
    });
    this.question = element("span", "jobs-question");
    this.no = button("No", () => this.#ask(false));
    const yes = button("Yes", () => this.#confirm());
    this.group = element("span", "jobs-confirm", this.question, yes, this.no);
    this.group.setAttribute("role", "group");
    this.group.addEventListener("keydown", (event) => event.key === "Escape" && this.#ask(false));
    this.node = element("div", "jobs-actions", this.start, this.group);
    this.update();
  }

  update() {
    const { checked, waits, lost, canCancel } = this.feed;
    this.node.hidden = !canCancel || lost;
    this.asks &&= checked.size > 0;
    const hadFocus = this.group.matches(":focus-within");
    this.start.hidden = this.asks;
    this.group.hidden = !this.asks;
    if (hadFocus && !this.asks) this.start.focus();
    this.start.setAttribute("aria-disabled", String(checked.size === 0 || waits.has("cancel"))); // it keeps the focus
    setText(this.start, checked.size ? `Cancel selected (${checked.size.toLocaleString("en")})…` : "Cancel selected…");
    const hidden = [...checked].filter((id) => this.listing.indexOf(id) < 0).length;
    const what = hidden ? `${jobCount(checked.size)}, ${hidden.toLocaleString("en")} of them not shown` : jobCount(checked.size);
    setText(this.question, `Cancel ${what}?`);
    this.group.setAttribute("aria-label", `Cancel ${what}?`);
  }

  #ask(asks) {
    this.asks = asks;
    this.update();
    if (asks) this.no.focus();
  }

  #confirm() {
    this.asks = false;
    this.feed.cancel();
  }
}
