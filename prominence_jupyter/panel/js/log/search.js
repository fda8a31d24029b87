import { textOf } from "./line.js";

const MOST = 100_000; // matches that are looked for: more than there are lines in what is usually held

/** Where a text stands in lines. Capitals count only if the text has some. */
export class Search {
  constructor() {
    this.set("");
  }

  /** Search for another text; `update` finds it. */
  set(query) {
    this.query = query;
    const escaped = query.replace(/[\\^$.*+?()[\]{}|/-]/g, (one) => `\\u{${one.codePointAt(0).toString(16)}}`);
    this.pattern = query === "" ? null : new RegExp(escaped, query === query.toLowerCase() ? "giu" : "gu");
    this.matches = []; // {line, start, end} in their order
    this.next = 0; // the first line that was not searched, or not to its end
    this.current = null; // one of them
  }

  /** 1 for the first match, 0 for none. */
  get place() {
    return this.current ? this.#after(this.current) : 0;
  }

  /** Whether there may be more than were looked for. */
  get isFull() {
    return this.matches.length >= MOST;
  }

  /** Look for it from a line on, where lines have changed; `count` there are. */
  update(lines, count, from) {
    if (!this.pattern) return;
    const first = Math.min(from, this.next);
    this.matches.length = this.#after({ line: first, start: -1 });
    for (this.next = first; this.next < count; this.next += 1) {
      this.#find(textOf(lines[this.next]), this.next);
      if (this.isFull) break;
    }
    if (this.current) this.current = this.matches[this.#after(this.current) - 1] ?? this.matches[0] ?? null;
  }

  /** Lines have moved by so many: those before the first are gone. null: all are. */
  shift(count) {
    if (count === 0) return;
    if (count === null) [this.matches, this.current] = [[], null];
    this.next = count === null ? 0 : Math.max(0, this.next + count);
    for (const match of this.matches) match.line += count;
    this.matches = this.matches.filter(({ line }) => line >= 0);
    if (this.current?.line < 0) this.current = null;
  }

  /** Go to the next match (by 1) or the one before (by -1), around the ends; from a place if there is no current one. */
  step(by, place) {
    const { length } = this.matches;
    if (length === 0) return null;
    const before = this.current ? this.#after(this.current) - 1 : this.#after(place) - (by > 0 ? 1 : 0);
    this.current = this.matches[(((before + by) % length) + length) % length];
    return this.current;
  }

  /** The matches that touch a part of a line. */
  within(line, start, end) {
    const found = [];
    let i = Math.max(0, this.#after({ line, start }) - 1);
    for (; i < this.matches.length && this.matches[i].line <= line; i += 1) {
      const match = this.matches[i];
      if (match.line === line && match.start < end && match.end > start) found.push(match);
      if (match.line === line && match.start >= end) break;
    }
    return found;
  }

  #find(text, line) {
    this.pattern.lastIndex = 0;
    for (let found = this.pattern.exec(text); found && !this.isFull; found = this.pattern.exec(text)) {
      this.matches.push({ line, start: found.index, end: found.index + found[0].length });
    }
  }

  /** How many matches start up to a place. */
  #after({ line, start }) {
    let [low, high] = [0, this.matches.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const match = this.matches[middle];
      if (match.line < line || (match.line === line && match.start <= start)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
