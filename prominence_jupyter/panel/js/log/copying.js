import { textOf } from "./line.js";

/** Copies what is selected of a log as it is: with one newline for each line, and with what is between but out of sight. */
export class Copying {
  /** `text` is a LogText, `rows` a Rows, `nodes` a RowNodes. */
  constructor(node, { text, rows, nodes }) {
    Object.assign(this, { node, text, rows, nodes });
    this.all = false;
    node.addEventListener("copy", (event) => this.#copy(event));
    node.addEventListener("keydown", (event) => this.#pressed(event));
    node.addEventListener("pointerdown", () => this.#mark(false));
    node.addEventListener("blur", () => this.#mark(false));
  }

  /** All that is held. */
  get everything() {
    return this.text.lines.slice(0, this.text.count).map(textOf).join("\n");
  }

  /** Copy all that is held; returns whether that could be done. */
  async copyAll() {
    try {
      await navigator.clipboard.writeText(this.everything);
      return true;
    } catch { // a page that came over plain HTTP, or a frame that may not
      this.#mark(true);
      this.node.focus();
      return document.execCommand("copy");
    }
  }

  #pressed(event) {
    if (event.key === "Escape" && this.all) this.#mark(false);
    if (event.key.toLowerCase() !== "a" || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return;
    event.preventDefault();
    getSelection()?.removeAllRanges();
    this.#mark(true);
  }

  #mark(all) {
    this.all = all;
    this.node.dataset.all = String(all);
  }

  #copy(event) {
    const copied = this.all ? this.everything : this.#selected();
    if (copied === null) return;
    event.clipboardData.setData("text/plain", copied);
    event.preventDefault();
  }

  /** The selected text; null where nothing is selected, or more than this log. */
  #selected() {
    const selection = getSelection();
    if (!selection || selection.isCollapsed) return null;
    const range = selection.getRangeAt(0);
    const start = this.#placeOf(range.startContainer, range.startOffset);
    const end = this.#placeOf(range.endContainer, range.endOffset);
    if (!start || !end || end.line < 0) return null;
    if (start.line < 0) Object.assign(start, { line: 0, index: 0 }); // its line is held no more
    const lines = this.text.lines.slice(start.line, end.line + 1).map(textOf);
    lines[lines.length - 1] = lines.at(-1).slice(0, end.index);
    lines[0] = lines[0].slice(start.index);
    return lines.join("\n");
  }

  /** {line, index} of a place in a row. */
  #placeOf(container, offset) {
    const row = this.nodes.rowOf(container);
    if (!row) return null;
    const before = document.createRange();
    before.setStart(row, 0);
    before.setEnd(container, offset);
    const { line, start } = this.nodes.places.get(row);
    return { line: line - this.rows.first, index: start + before.toString().length };
  }
}
