import { button, element, setText } from "../common/dom.js";
import { Copying } from "./copying.js";
import { LogText } from "./log_text.js";
import { RowNodes } from "./row_nodes.js";
import { Rows } from "./rows.js";
import { Search } from "./search.js";

const OVERSCAN = 10; // rows beyond the edges that have nodes
const NEAR = 4; // pixels to the end that count as the end
const STILL = 0.5; // pixels that are no scrolling: places are rounded
const PROBE = 100; // characters whose width is measured

/**
 * One scrolling log. It follows the end until a person scrolls up or selects text.
 *
 * Only rows in sight are in the document. Everything is done at most once a frame, and only in sight: a log that nobody
 * sees costs no more than its window.
 */
export class LogView {
  /** `changed` is called whenever what is held or shown has. */
  constructor({ feed, stream, changed }) {
    Object.assign(this, { feed, stream, changed });
    this.window = feed.open(stream);
    this.text = new LogText(this.window);
    this.rows = new Rows();
    this.search = new Search();
    this.probe = element("span", "log-probe", "0".repeat(PROBE));
    this.canvas = element("div", "log-canvas");
    this.scroller = element("div", "log", this.canvas, this.probe);
    this.back = button("Follow", () => this.follow());
    this.node = element("div", "log-frame", this.scroller, this.back);
    this.nodes = new RowNodes(this.canvas);
    this.copying = new Copying(this.scroller, this);
    this.size = { columns: 0, height: 0 };
    this.anchor = { line: 0, index: 0, offset: 0 }; // what stands at the top while it does not follow
    this.top = 0;
    this.lowest = 0; // how far it could be scrolled, as of when `top` was taken
    this.seen = 0; // lines of the log when it ceased to follow
    this.followed = false; // whether only a search that is being typed has made it leave the end
    this.#prepare();
  }

  /** Something has arrived. */
  update() {
    if (!this.frame) this.frame = requestAnimationFrame(() => this.#render());
  }

  set wrap(wrap) {
    this.rows.wrap = wrap;
    this.scroller.dataset.wrap = String(wrap);
    this.size.columns = 0; // lay out anew
    this.update();
  }

  /** Follow the end of the log. */
  follow() {
    const held = this.back.contains(document.activeElement);
    this.window.follow(this.feed.logs[this.stream].newest);
    if (held) this.scroller.focus();
    this.update();
  }

  /** Search for a text; go to its first match from what is in sight, or back to the end if only its first letters led away. */
  find(query) {
    if (this.search.query === "") this.followed = this.window.following;
    this.search.set(query);
    this.search.update(this.text.lines, this.text.count, 0);
    this.step(0);
    if (this.followed && query !== "" && !this.search.current) this.follow();
  }

  /** Go to the next match (by 1), the one before (by -1), or the next from the top of what is in sight (by 0). */
  step(by) {
    this.nodes.clear();
    if (by !== 0) this.followed = false;
    const match = this.search.step(by || 1, { line: this.#place(this.scroller.scrollTop).line, start: -1 });
    if (match) {
      this.#unfollow();
      const row = this.rows.rowOf(match.line, match.start);
      const middle = row * this.size.height - this.scroller.clientHeight / 2;
      const { scrollTop, clientHeight } = this.scroller;
      const inSight = row * this.size.height >= scrollTop && (row + 1) * this.size.height <= scrollTop + clientHeight;
      if (!inSight) this.#scrollTo(middle);
      this.anchor = this.#place(this.scroller.scrollTop);
    }
    this.update();
  }

  close() {
    cancelAnimationFrame(this.frame);
    this.observer.disconnect();
    document.removeEventListener("selectionchange", this.selecting);
    this.feed.close(this.stream, this.window);
  }

  #prepare() {
    Object.assign(this.scroller, { tabIndex: 0, role: "log" });
    this.scroller.setAttribute("aria-live", "off"); // a log may be fast: it is read where a person goes, not as it comes
    this.scroller.dataset.lmSuppressShortcuts = "true"; // JupyterLab's keys (D D deletes a cell) are not meant for a log
    this.scroller.dataset.wrap = "true";
    this.probe.setAttribute("aria-hidden", "true");
    this.back.classList.add("prominence-log-follow");
    this.scroller.addEventListener("scroll", () => this.#scrolled());
    this.scroller.addEventListener("keydown", ({ key }) => key === "End" && this.follow()); // that of the log, not of what is held
    this.selecting = () => this.nodes.selected().length > 0 && this.#unfollow();
    document.addEventListener("selectionchange", this.selecting);
    this.observer = new ResizeObserver(() => this.update());
    this.observer.observe(this.scroller);
    this.update();
  }

  #render() {
    this.frame = 0;
    if (this.scroller.clientWidth === 0) return; // out of sight
    const moved = this.#measure() | this.#sync();
    const { height } = this.size;
    this.canvas.style.height = `${this.rows.count * height}px`;
    this.canvas.style.minWidth = this.rows.wrap ? "" : `${this.rows.widest}ch`;
    if (this.window.following) this.#scrollTo(this.#lowest());
    else if (moved) this.#scrollTo(this.rows.rowOf(this.anchor.line, this.anchor.index) * height + this.anchor.offset);
    const first = Math.max(0, Math.floor(this.scroller.scrollTop / height) - OVERSCAN);
    const end = Math.min(this.rows.count, Math.ceil((this.scroller.scrollTop + this.scroller.clientHeight) / height) + OVERSCAN);
    this.nodes.show({ rows: this.rows, lines: this.text.lines, search: this.search, height, first, end });
    this.#offer();
    this.#ask();
    this.changed();
  }

  /** Take the size of a character and of the log; returns whether the rows were laid out anew. */
  #measure() {
    const { width, height } = this.probe.getBoundingClientRect();
    const { paddingLeft, paddingRight } = getComputedStyle(this.canvas);
    const room = this.scroller.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight);
    const columns = Math.max(10, Math.floor(room / (width / PROBE)));
    this.size.height = Math.max(1, Math.round(height));
    if (columns === this.size.columns) return false;
    this.size.columns = this.rows.columns = columns;
    this.rows.clear();
    this.rows.update(this.text.lines, this.text.count, 0);
    this.nodes.clear();
    return true;
  }

  /** Bring lines, rows and matches up to date; returns whether lines have moved. */
  #sync() {
    const { from, dropped, shift } = this.text.sync();
    if (shift === null || shift > 0 || from === 0) {
      this.rows.clear();
      this.nodes.clear();
    } else {
      this.rows.drop(dropped);
      this.nodes.forget(this.rows.first + from);
    }
    this.rows.update(this.text.lines, this.text.count, from);
    this.search.shift(shift);
    this.search.update(this.text.lines, this.text.count, from);
    const line = this.anchor.line + (shift ?? -Infinity);
    this.anchor = line >= 0 ? { ...this.anchor, line } : { line: 0, index: 0, offset: 0 };
    return shift !== 0;
  }

  #scrolled() {
    if (this.scroller.clientWidth === 0) return;
    const { scrollTop } = this.scroller;
    const lowest = this.#lowest();
    const atEnd = lowest - scrollTop < NEAR;
    const moved = atEnd && lowest < this.lowest; // by the browser, since something became smaller
    if (scrollTop < this.top - STILL && !moved) {
      this.followed = false;
      this.#unfollow();
    } else if (scrollTop > this.top && atEnd && this.window.atEnd) this.window.follow(this.feed.logs[this.stream].newest);
    this.top = scrollTop;
    this.lowest = lowest;
    this.anchor = this.#place(scrollTop);
    this.update();
  }

  #unfollow() {
    if (!this.window.following) return;
    this.window.unfollow();
    this.seen = this.feed.logs[this.stream].lines;
    this.anchor = this.#place(this.scroller.scrollTop);
    this.update();
  }

  /** Scroll, unless it stands there: that would stop a person's scrolling, which comes in steps, at its first. */
  #scrollTo(top) {
    if (Math.abs(this.scroller.scrollTop - top) > STILL) this.scroller.scrollTop = top;
    this.top = this.scroller.scrollTop;
    this.lowest = this.#lowest();
  }

  /** How far it can be scrolled. */
  #lowest() {
    return this.scroller.scrollHeight - this.scroller.clientHeight;
  }

  /** What stands at a height: {line, index, offset}, the offset being that within its row. */
  #place(top) {
    const { height } = this.size;
    const row = Math.min(Math.floor(top / (height || 1)), this.rows.count - 1);
    if (row < 0) return { line: 0, index: 0, offset: 0 };
    const { line, start } = this.rows.at(row, this.text.lines);
    return { line, index: start, offset: top - row * height };
  }

  /** Offer the way back to the end. */
  #offer() {
    const count = this.feed.logs[this.stream].lines - this.seen;
    const words = count > 0 ? `${count.toLocaleString("en")} new ${count === 1 ? "line" : "lines"}` : "Follow";
    this.back.hidden = this.window.following;
    setText(this.back, words);
    this.back.setAttribute("aria-label", count > 0 ? `Follow: ${words}` : "Follow");
  }

  /** Ask for what is missing, or comes next where a person looks. */
  #ask() {
    const { scrollTop, scrollHeight, clientHeight } = this.scroller;
    const top = scrollTop < clientHeight ? "top" : null;
    const edge = scrollHeight - scrollTop - clientHeight < clientHeight && !this.window.following ? "bottom" : top;
    const wanted = this.window.wanted(top) ?? this.window.wanted(edge);
    if (wanted) this.feed.ask(this.stream, wanted, this.window);
  }
}
