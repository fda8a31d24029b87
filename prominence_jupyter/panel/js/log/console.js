import { isSimple } from "./cells.js";
import { Line } from "./line.js";
import { rememberingRestyled } from "./sgr.js";

const WIDEST = 1000; // columns to which an escape moves the cursor at most: a few bytes shall not make a line of megabytes
const TAB = 8;
const DIGITS = 9;
const LONGEST = 64 * 1024; // characters of an escape's parameters; a longer one means nothing
const CONTROL = /[\x1b\n\r\x08\t]/g;
const UNSHOWABLE = /[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029]/g;
const PARAMETERS = /[0-?]*/y;
const BETWEEN = /[ -/]*/y;
const STRING_END = /[\x07\x1b\n]/g;

/**
 * Lines of output as a terminal of endless width would show them; Python has the same model (panel/records/console.py), and both
 * must pass tests/panel/console_cases.json.
 *
 * Own code: a terminal emulator has a fixed width, wraps and repeats what was made for another one, holds each cell, and
 * weighs more than the whole panel. It is the oracle of the tests.
 */
export class Console {
  lines = [""]; // strings for simple plain text, else `Line`s
  #x = 0;
  #y = 0;
  #style = null;
  #restyled = rememberingRestyled();
  #changed = 0;
  #state = "text"; // or within an escape: escape, short, parameters, between, string, string's escape
  #parameters = "";

  /** Take text; it may end within an escape. */
  write(text) {
    this.#changed = Math.min(this.#changed, this.#y);
    for (let i = 0; i < text.length; ) i = this.#state === "text" ? this.#text(text, i) : this.#escape(text, i);
  }

  /** The first line that changed since this was asked. */
  takeChanged() {
    const changed = this.#changed;
    this.#changed = this.lines.length;
    return changed;
  }

  /** The line at which the cursor stands. */
  get line() {
    return this.#y;
  }

  /** Forget the first lines. */
  drop(count) {
    this.lines.splice(0, Math.min(count, this.lines.length - 1));
    this.#y = Math.max(0, this.#y - count);
    this.#changed = Math.max(0, this.#changed - count);
  }

  #text(text, start) {
    CONTROL.lastIndex = start;
    const end = CONTROL.test(text) ? CONTROL.lastIndex - 1 : text.length;
    if (end > start) this.#write(text.slice(start, end));
    if (end < text.length) this.#control(text[end]);
    return end + 1;
  }

  #write(text) {
    const shown = UNSHOWABLE.test(text) ? text.replace(UNSHOWABLE, "\ufffd") : text;
    UNSHOWABLE.lastIndex = 0;
    if (this.#x === 0 && this.#style === null && this.lines[this.#y] === "" && isSimple(shown)) {
      this.lines[this.#y] = shown;
      this.#x = shown.length;
    } else {
      this.#x = this.#line().write(this.#x, shown, this.#style);
    }
  }

  #line() {
    const line = this.lines[this.#y];
    return typeof line === "string" ? (this.lines[this.#y] = new Line(line)) : line;
  }

  #control(character) {
    if (character === "\x1b") this.#state = "escape";
    else if (character === "\r") this.#x = 0;
    else if (character === "\b") this.#x = Math.max(0, this.#x - 1);
    else if (character === "\t") this.#x += TAB - (this.#x % TAB);
    else this.#lineFeed();
  }

  #lineFeed() {
    this.#x = 0;
    this.#y += 1;
    if (this.#y === this.lines.length) this.lines.push("");
  }

  /** Take what belongs to an escape from `start` on; returns where to go on. */
  #escape(text, start) {
    switch (this.#state) {
      case "escape":
        return this.#afterEscape(text, start);
      case "short":
        return this.#short(text, start);
      case "parameters":
        this.#parameters += match(PARAMETERS, text, start);
        if (this.#parameters.length > LONGEST) this.#parameters = "?";
        this.#state = PARAMETERS.lastIndex < text.length ? "between" : "parameters";
        return PARAMETERS.lastIndex;
      case "between":
        return this.#between(text, start);
      case "string":
        return this.#string(text, start);
      default: // after the ESC that may end a string
        this.#state = text[start] === "\\" ? "text" : "escape";
        return text[start] === "\\" ? start + 1 : start;
    }
  }

  #afterEscape(text, start) {
    const character = text[start];
    this.#parameters = "";
    if (character === "[") this.#state = "parameters";
    else if ("]PX^_".includes(character)) this.#state = "string";
    else return this.#short(text, start);
    return start + 1;
  }

  #short(text, start) {
    this.#state = match(BETWEEN, text, start) && BETWEEN.lastIndex === text.length ? "short" : "text";
    if (this.#state === "short") return text.length;
    const end = start + match(BETWEEN, text, start).length;
    return text[end] >= "0" && text[end] <= "~" ? end + 1 : end;
  }

  #between(text, start) {
    const between = match(BETWEEN, text, start);
    const end = start + between.length;
    if (between) this.#parameters = "?"; // a sequence that we do not know
    if (end === text.length) return end;
    this.#state = "text";
    if (text[end] < "@" || text[end] > "~") return end;
    this.#sequence(text[end], this.#parameters);
    return end + 1;
  }

  /** The rest of a string for the terminal. It ends with its line at last: a stray start of one shall not hide a log. */
  #string(text, start) {
    STRING_END.lastIndex = start;
    const end = STRING_END.test(text) ? STRING_END.lastIndex - 1 : text.length;
    if (text[end] === "\x1b") this.#state = "string's escape";
    else if (end < text.length) this.#state = "text";
    return text[end] === "\n" ? end : end + 1;
  }

  #sequence(final, parameters) {
    if (final === "m") {
      if (/^[\d;:]*$/.test(parameters)) this.#style = this.#restyled(this.#style, parameters);
      return;
    }
    const digits = /^\d*(?=;|$)/.exec(parameters);
    if (digits === null) return; // a private one
    const count = Number(digits[0].slice(0, DIGITS));
    if (final === "K") this.#line().erase(this.#x, count);
    else if (final === "J" && count === 0) this.#eraseBelow();
    else this.#move(final, Math.max(1, count));
  }

  #eraseBelow() {
    this.#line().erase(this.#x, 0);
    this.lines.length = this.#y + 1;
  }

  #move(final, count) {
    if (final === "A" || final === "F") this.#y = Math.max(0, this.#y - count);
    if (final === "B" || final === "E") this.#y = Math.min(this.lines.length - 1, this.#y + count);
    if (final === "C") this.#x = Math.max(this.#x, Math.min(this.#x + count, WIDEST));
    if (final === "D") this.#x = Math.max(0, this.#x - count);
    if (final === "G") this.#x = Math.min(count - 1, WIDEST);
    if (final === "E" || final === "F") this.#x = 0;
    this.#changed = Math.min(this.#changed, this.#y);
  }
}

function match(pattern, text, start) {
  pattern.lastIndex = start;
  return pattern.exec(text)[0]; // they match the empty string too
}
