import { Span } from "./span.js";

export const KEEP = 1024 * 1024; // bytes of a log that a window holds at most
export const ASK = 256 * 1024; // bytes asked for at once
const ENOUGH = 64 * 1024; // bytes: a window that follows and holds less asks for more

/**
 * The contiguous part of a log that one view shows.
 *
 * While it follows, its end is the end of the log: where bytes are missing it begins afresh behind them, since what came
 * before is fetched back when a person scrolls up. While it does not follow, it stays where it is; it takes what
 * continues it as long as there is room, so that reading on needs no kernel.
 */
export class LogWindow {
  constructor(keep = KEEP) {
    this.keep = keep;
    this.begin();
  }

  /** The log began afresh, or is not known yet. */
  begin() {
    this.span = new Span();
    this.following = true;
    this.size = 0; // of the whole log, as far as we know
    this.floor = 0; // what lies before cannot be had
    this.ceiling = 0; // what lies between our end and this cannot be had
    this.epoch = (this.epoch ?? 0) + 1; // grows whenever the window changed in another way than dropping its start and growing at its end
  }

  get atEnd() {
    return this.span.end >= this.size;
  }

  grow(size) {
    this.size = Math.max(this.size, size);
  }

  /** Take the newest bytes. */
  push(start, bytes) {
    this.grow(start + bytes.length);
    if (start > this.span.end && this.#free) this.#jump(start);
    const rest = this.#beyond(start, bytes);
    if (rest && (this.following || this.span.length + rest.length <= this.keep)) this.#append(rest);
  }

  /** Take the answer to `asked`, [from, to]. */
  answer(asked, start, bytes) {
    const stop = start + bytes.length;
    const { start: first, end } = this.span;
    this.grow(stop);
    if (start < first && stop >= first) this.#prepend(bytes.subarray(0, first - start));
    else if (asked[1] === first && bytes.length === 0) this.floor = first;
    if (start > end && this.#free) this.#jump(start);
    const rest = this.#beyond(start, bytes);
    if (rest) this.#append(rest);
    else if (asked[0] >= end && bytes.length === 0) this.ceiling = asked[1];
  }

  /** Whether an answer makes it drop what it holds: one that another window asked for shall not move what is read here. */
  drops(start, bytes) {
    const { start: first, end, length } = this.span;
    const stop = start + bytes.length;
    if (this.#free) return false;
    const before = start < first && stop >= first ? first - start : 0;
    const behind = start <= end && stop > end ? stop - end : 0;
    return before + behind > 0 && length + before + behind > this.keep;
  }

  /** Follow the end of the log, of which `newest` is known. */
  follow(newest) {
    this.following = true;
    for (const [start, bytes] of newest.entries()) this.push(start, bytes);
  }

  unfollow() {
    this.following = false;
  }

  /** The bytes to ask for now, [from, to]; null for none. `edge` is "top" or "bottom" where a person looks at one. */
  wanted(edge) {
    const { start, end, length } = this.span;
    const more = end < this.size && this.size > this.ceiling;
    if (more && this.#free) return [Math.max(end, this.size - ASK), this.size];
    const earlier = edge === "top" && (!this.following || length + ASK <= this.keep);
    if (start > this.floor && (earlier || (this.following && length < ENOUGH))) return [Math.max(this.floor, start - ASK), start];
    return more && edge === "bottom" ? [end, Math.min(this.size, end + ASK)] : null;
  }

  /** Whether it may begin elsewhere: nobody reads what it holds. */
  get #free() {
    return this.following || this.span.length === 0;
  }

  #beyond(start, bytes) {
    const known = this.span.end - start;
    return known >= 0 && known < bytes.length ? bytes.subarray(known) : null;
  }

  #jump(start) {
    this.span = new Span(start);
    this.epoch += 1;
  }

  #append(bytes) {
    this.span.append(bytes);
    this.span.dropStart(this.keep);
  }

  #prepend(bytes) {
    const room = this.following ? this.keep - this.span.length : this.keep;
    const part = bytes.subarray(Math.max(0, bytes.length - room));
    if (part.length === 0) return;
    this.span.prepend(part);
    this.span.dropEnd(this.keep);
    this.epoch += 1;
  }
}
