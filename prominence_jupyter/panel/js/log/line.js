import { MARKS, cellCount, cellWidth, isSimple, isPiled } from "./cells.js";
import { sameStyle } from "./sgr.js";

const BLANK = " "; // a cell that was erased or never written
const SECOND = ""; // the second cell of a wide character

/**
 * One line of a console.
 *
 * Text that is only added to is kept as a string with runs of styles. Once something in its midst changes it is kept as
 * cells, so that each change costs the same however long the line is; to read it makes it a string again.
 */
export class Line {
  #text;
  #runs = null; // [index, style] where styles change; null: all is plain
  #width; // cells of the string
  #cells = null;
  #styles = null;
  #blank = 0; // so many cells at the start are known to be blank: they need not be erased again

  /** `text` is simple plain text. */
  constructor(text = "") {
    this.#text = text;
    this.#width = text.length;
  }

  get text() {
    this.#seal();
    return this.#text;
  }

  /** [index in the text, style] where styles change; null: all is plain. */
  get runs() {
    this.#seal();
    return this.#runs;
  }

  /** Put text over what stands at a column; returns the column behind it. */
  write(column, text, style) {
    const width = cellCount(text);
    if (column === 0 && width >= this.width) this.#clear();
    if (this.#cells === null && column >= this.#width && cellWidth(text) > 0 && !isPiled(text)) {
      return this.#add(column, text, width, style);
    }
    this.#open();
    this.#blank = Math.min(this.#blank, column);
    for (let i = this.#cells.length; i < column; i += 1) this.#set(i, BLANK, null);
    let at = column;
    for (const character of text) at = this.#put(at, character, style);
    return at;
  }

  /** Erase the end of the line (part 0) from a column, its start (1) up to that column, or all of it (2). */
  erase(column, part) {
    if (part === 2 || (part === 0 && column === 0) || (part === 1 && column + 1 >= this.width)) this.#clear();
    else if (part === 0 && column < this.width) this.#cut(column);
    else if (part === 1) this.#blankTo(column + 1);
  }

  get width() {
    return this.#cells === null ? this.#width : this.#cells.length;
  }

  #clear() {
    this.#text = "";
    this.#runs = this.#cells = this.#styles = null;
    this.#width = this.#blank = 0;
  }

  #add(column, text, width, style) {
    if (column > this.#width) {
      this.#change(this.#text.length, null);
      this.#text += BLANK.repeat(column - this.#width);
    }
    this.#change(this.#text.length, style);
    this.#text += text;
    this.#width = column + width;
    return this.#width;
  }

  /** From this index on the string has this style. */
  #change(index, style) {
    if (sameStyle(this.#runs === null ? null : this.#runs.at(-1)[1], style)) return;
    this.#runs ??= index > 0 ? [[0, null]] : [];
    this.#runs.push([index, style]);
  }

  #put(column, character, style) {
    const width = cellWidth(character);
    if (width === 0 && column > 0) {
      const base = this.#cells[column - 1] === SECOND ? column - 2 : column - 1;
      if ([...this.#cells[base]].length <= MARKS) this.#cells[base] += character;
      return column;
    }
    const end = column + Math.max(1, width);
    this.#clean(column, end);
    this.#set(column, character, style);
    if (width === 2) this.#set(column + 1, SECOND, style);
    return end;
  }

  /** Cells from `column` to before `end` get others: the other halves of wide characters become blank. */
  #clean(column, end) {
    if (this.#cells[column] === SECOND) this.#set(column - 1, BLANK, null);
    if (this.#cells[end] === SECOND) this.#set(end, BLANK, null);
  }

  #cut(column) {
    this.#open();
    this.#clean(column, this.#cells.length);
    this.#cells.length = this.#styles.length = column;
    this.#blank = Math.min(this.#blank, column);
  }

  #blankTo(end) {
    this.#open();
    this.#clean(0, end);
    for (let i = this.#blank; i < end; i += 1) this.#set(i, BLANK, null);
    this.#blank = Math.max(this.#blank, end);
  }

  #set(index, cell, style) {
    this.#cells[index] = cell;
    this.#styles[index] = style;
  }

  #open() {
    if (this.#cells !== null) return;
    this.#cells = [];
    this.#styles = [];
    const runs = this.#runs ?? [[0, null]];
    let column = 0;
    runs.forEach(([index, style], i) => {
      for (const character of this.#text.slice(index, runs[i + 1]?.[0])) column = this.#put(column, character, style);
    });
  }

  #seal() {
    if (this.#cells === null) return;
    this.#runs = null;
    let index = 0;
    this.#cells.forEach((cell, i) => {
      this.#change(index, this.#styles[i]);
      index += cell.length;
    });
    this.#text = this.#cells.join("");
    this.#width = this.#cells.length;
    this.#cells = this.#styles = null;
  }
}

// A console keeps a line of simple plain text as a string.

export function textOf(line) {
  return typeof line === "string" ? line : line.text;
}

/** Cells that a line takes. */
export function widthOf(line) {
  return typeof line === "string" ? line.length : line.width;
}

/** The part of a line from `start` to before `end`, as [text, style] for each style. */
export function runsOf(line, start = 0, end = Infinity) {
  const text = textOf(line);
  const runs = typeof line === "string" || line.runs === null ? [[0, null]] : line.runs;
  const parts = [];
  for (let i = Math.max(0, firstAfter(runs, start) - 1); i < runs.length && runs[i][0] < end; i += 1) {
    const part = text.slice(Math.max(runs[i][0], start), Math.min(runs[i + 1]?.[0] ?? text.length, end));
    if (part) parts.push([part, runs[i][1]]);
  }
  return parts;
}

function firstAfter(runs, index) {
  let [low, high] = [0, runs.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (runs[middle][0] <= index) low = middle + 1;
    else high = middle;
  }
  return low;
}
