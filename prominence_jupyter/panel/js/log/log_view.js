import { element, setText } from "../common/dom.js";
import { byteCount } from "../common/words.js";
import { lineStart } from "./bytes.js";
import { KEEP } from "./output_store.js";

const PIECE = 16 * 1024; // characters of one block of the log: small enough to lay out alone

/** The scrolling log. It follows its end until a person scrolls up. */
export class LogView {
  constructor(feed, model) {
    this.feed = feed;
    this.model = model;
    this.earlier = element("div", "earlier");
    this.text = element("div", "text");
    this.node = element("div", "log", this.earlier, this.text);
    Object.assign(this.node, { tabIndex: 0, role: "log" });
    this.node.dataset.lmSuppressShortcuts = "true"; // JupyterLab's keys (D D deletes a cell) are not meant for a log
    this.follows = true;
    this.top = 0;
    this.frame = 0;
    this.node.addEventListener("scroll", () => this.#scrolled());
    this.observer = new ResizeObserver(() => this.#resized());
    this.observer.observe(this.node);
    this.rebuild();
  }

  /** Show bytes that continue what is shown. */
  append(bytes) {
    this.#add(this.decoder.decode(bytes, { stream: true }));
    this.words();
    this.#toEnd();
  }

  /** Show all of the feed's output anew, with its gaps. */
  rebuild() {
    this.text.replaceChildren();
    this.block = null;
    this.characters = 0;
    this.dropped = false;
    let before = null;
    for (const span of this.feed.store.spans) {
      if (before !== null) this.#addGap(before, span.start);
      this.decoder = new TextDecoder();
      span.pieces.forEach((piece, i) => {
        const cut = before === null && span.start > 0 && i === 0; // where older output was dropped
        this.#add(this.decoder.decode(cut ? piece.subarray(lineStart(piece)) : piece, { stream: true }));
      });
      before = span.end;
    }
    this.words();
    this.#toEnd();
  }

  /** Say what the log is and what it does not show. */
  words() {
    const { id, final } = this.model.get("_view");
    const cut = this.feed.store.start > 0 || this.dropped;
    const lines = [this.feed.notice, cut ? `Earlier output is not shown: %prominence stdout ${id} has all of it.` : ""];
    setText(this.earlier, lines.filter(Boolean).join(" "));
    this.node.dataset.empty = String(this.characters === 0);
    this.node.dataset.placeholder = final ? "No output." : "No output yet.";
    this.node.setAttribute("aria-label", `Output of job ${id}`);
  }

  close() {
    this.observer.disconnect();
    cancelAnimationFrame(this.frame);
  }

  #add(string) {
    let rest = string;
    while (rest) {
      if (!this.block || this.block.full) {
        this.block = { node: document.createTextNode(""), full: false };
        this.text.append(element("div", "piece", this.block.node));
      }
      // A block ends with a line, so that the end of a block is no break that is not in the output.
      const end = rest.indexOf("\n", Math.max(0, PIECE - this.block.node.length));
      const part = end < 0 ? rest : rest.slice(0, end + 1);
      this.block.full = end >= 0;
      this.block.node.appendData(part);
      rest = rest.slice(part.length);
    }
    this.characters += string.length;
    this.#drop();
  }

  #drop() {
    while (this.characters > KEEP && this.text.childElementCount > 1) {
      this.characters -= this.text.firstChild.textContent.length;
      this.dropped = true;
      this.text.firstChild.remove();
    }
  }

  #addGap(from, to) {
    const why = to > this.feed.settled ? "; they are asked for and come when no cell runs" : "";
    this.text.append(element("div", "gap", `… ${byteCount(to - from)} of output are missing here${why} …`));
    this.block = null;
  }

  #scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.node;
    if (scrollTop < this.top - 1) this.follows = false;
    if (scrollHeight - scrollTop - clientHeight < 4) this.follows = true;
    this.top = scrollTop;
  }

  #resized() {
    if (this.node.style.height) this.node.style.maxHeight = "none"; // dragged by a person: as high as they like
    this.#toEnd();
  }

  #toEnd() {
    if (!this.follows || this.frame) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      if (this.follows) this.node.scrollTop = this.node.scrollHeight;
      this.top = this.node.scrollTop;
    });
  }
}
