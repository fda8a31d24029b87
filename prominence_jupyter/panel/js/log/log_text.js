import { lineStart } from "./bytes.js";
import { Console } from "./console.js";
import { textOf } from "./line.js";

/** The lines of a window, kept up to date with it: what is appended is parsed alone. */
export class LogText {
  constructor(window) {
    this.window = window;
    this.#begin();
    this.epoch = null; // nothing is parsed yet
  }

  /** The lines to show: without the empty one behind a last newline. */
  get count() {
    const { lines } = this.console;
    return lines.length > 1 && lines.at(-1) === "" ? lines.length - 1 : lines.length;
  }

  get lines() {
    return this.console.lines;
  }

  /**
   * Catch up with the window. Returns what became of the lines: {from} is the first that changed, {dropped} how many
   * went at the start, {shift} by how many the lines that stay have moved, null where none stays.
   */
  sync() {
    const { span, epoch } = this.window;
    if (epoch !== this.epoch || span.start > this.parsed || this.#grown()) return this.#rebuild();
    const dropped = this.#drop(span.start);
    this.#parse(span);
    return { from: this.console.takeChanged(), dropped, shift: -dropped };
  }

  #begin() {
    const { span, epoch } = this.window;
    this.epoch = epoch;
    this.console = new Console();
    this.decoder = new TextDecoder();
    this.first = span.start; // where the window began
    this.skipped = 0; // bytes of a line that began before it
    this.parsed = span.start; // offset
    this.marks = []; // [offset, line] where each piece starts; lines are counted from the first that was ever parsed
    this.dropped = 0;
  }

  #rebuild() {
    const old = { first: this.first, skipped: this.skipped, marks: this.marks, dropped: this.dropped };
    this.#begin();
    const { span } = this.window;
    this.skipped = span.start > 0 && span.pieces.length > 0 ? lineStart(span.pieces[0]) : 0;
    this.#parse(span);
    this.console.takeChanged();
    return { from: 0, dropped: 0, shift: this.#shiftFrom(old) };
  }

  /** By how many the lines of an older parse have moved: told by a piece that both held, at best not at its cut start. */
  #shiftFrom(old) {
    const lines = new Map(this.marks);
    const common = old.marks.filter(([offset]) => lines.has(offset));
    const [offset, line] = common.find(([one]) => one > old.first) ?? common[0] ?? [null];
    if (offset === null) return null;
    const cut = offset === old.first && old.skipped > 0 && this.first < old.first ? 1 : 0;
    return lines.get(offset) - (line - old.dropped) + cut;
  }

  #parse(span) {
    for (const [offset, piece] of span.entries()) {
      if (offset + piece.length <= this.parsed) continue;
      if (offset === this.parsed) this.marks.push([offset, this.dropped + this.console.line]);
      const from = this.parsed === span.start ? this.skipped : this.parsed - offset;
      this.console.write(this.decoder.decode(piece.subarray(from), { stream: true }));
      this.parsed = offset + piece.length;
    }
  }

  /** Drop the lines before an offset at which a piece starts. */
  #drop(start) {
    const index = this.marks.findIndex(([offset]) => offset >= start);
    const gone = index <= 0 ? 0 : Math.min(this.marks[index][1] - this.dropped, this.console.lines.length - 1);
    this.marks.splice(0, Math.max(0, index));
    if (gone > 0) this.console.drop(gone);
    this.dropped += Math.max(0, gone);
    return Math.max(0, gone);
  }

  /** Whether the first line holds far more than the window: it never ended, so that it could not be dropped. */
  #grown() {
    return this.window.span.start > this.first && textOf(this.lines[0]).length > 2 * this.window.keep;
  }
}
