import { cellWidth, isSimple } from "./cells.js";
import { textOf, widthOf } from "./line.js";

const LONGEST = 10_000; // characters of a row where lines are not wrapped

/** Lines as rows of equal height: how many there are, and which part of which line each shows. */
export class Rows {
  constructor() {
    this.columns = 80;
    this.wrap = true;
    this.clear();
  }

  clear() {
    this.ends = []; // of each line: how many rows there are up to its end, and `base` more
    this.base = 0;
    this.breaks = new Map(); // absolute line -> starts of its rows, where they are not every `columns` characters
    this.first = 0; // the absolute number of line 0
    this.widest = 0; // cells
  }

  get count() {
    return (this.ends.at(-1) ?? this.base) - this.base;
  }

  /** Lay lines out from line `from` on, of which there are `count`. */
  update(lines, count, from) {
    this.ends.length = Math.min(from, this.ends.length);
    for (const line of this.breaks.keys()) if (line >= this.first + from) this.breaks.delete(line);
    let end = this.ends.at(-1) ?? this.base;
    for (let i = this.ends.length; i < count; i += 1) {
      end += this.#rowsOf(lines[i], this.first + i);
      this.ends.push(end);
    }
  }

  /** The first lines are gone. */
  drop(count) {
    if (count === 0) return;
    this.base = this.ends[count - 1] ?? this.ends.at(-1) ?? this.base;
    this.ends.splice(0, count);
    this.first += count;
    for (const line of this.breaks.keys()) if (line < this.first) this.breaks.delete(line);
  }

  /** The row of a line in which the character at an index stands. */
  rowOf(line, index) {
    if (line >= this.ends.length) return Math.max(0, this.count - 1);
    const start = this.#startOf(line);
    if (!this.wrap) return start;
    const breaks = this.breaks.get(this.first + line);
    const within = breaks ? breaks.findLastIndex((one) => one <= index) : Math.floor(index / this.columns);
    return Math.min(start + within, this.ends[line] - this.base - 1);
  }

  /** What a row shows: {line, start, end} and `more`, the number of characters that are left out. */
  at(row, lines) {
    const line = this.#lineOf(row);
    const text = textOf(lines[line]);
    const { length } = text;
    if (!this.wrap) {
      const end = Math.min(length, /[\ud800-\udbff]/.test(text[LONGEST - 1]) ? LONGEST - 1 : LONGEST); // not within a pair
      return { line, start: 0, end, more: length - end };
    }
    const within = row - this.#startOf(line);
    const breaks = this.breaks.get(this.first + line);
    const start = breaks ? breaks[within] : within * this.columns;
    const end = breaks ? (breaks[within + 1] ?? length) : Math.min(start + this.columns, length);
    return { line, start, end, more: 0 };
  }

  #startOf(line) {
    return line === 0 ? 0 : this.ends[line - 1] - this.base;
  }

  #lineOf(row) {
    let [low, high] = [0, this.ends.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.ends[middle] - this.base <= row) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #rowsOf(line, number) {
    const text = textOf(line);
    const width = widthOf(line);
    this.widest = Math.max(this.widest, Math.min(width, LONGEST));
    if (this.wrap && width <= this.columns && text.length > this.columns) this.breaks.set(number, [0]); // marks join cells
    if (!this.wrap || width <= this.columns) return 1;
    if (isSimple(text)) return Math.ceil(width / this.columns);
    const breaks = breaksOf(text, this.columns);
    this.breaks.set(number, breaks);
    return breaks.length;
  }
}

/** Indexes at which rows of so many cells start. */
function breaksOf(text, columns) {
  const breaks = [0];
  let column = 0;
  let index = 0;
  for (const character of text) {
    const width = cellWidth(character);
    if (column + width > columns) {
      breaks.push(index);
      column = 0;
    }
    column += width;
    index += character.length;
  }
  return breaks;
}
