const PIECE = 64 * 1024; // bytes: small enough to drop one by one, large enough to be few

/** Bytes of a log that stand side by side, from `start` to before `end`. */
export class Span {
  constructor(start = 0) {
    this.start = start;
    this.end = start;
    this.pieces = [];
  }

  get length() {
    return this.end - this.start;
  }

  append(bytes) {
    const last = this.pieces.at(-1);
    if (last && last.length + bytes.length <= PIECE) {
      const joined = new Uint8Array(last.length + bytes.length);
      joined.set(last);
      joined.set(bytes, last.length);
      this.pieces[this.pieces.length - 1] = joined;
    } else {
      this.pieces.push(...split(bytes));
    }
    this.end += bytes.length;
  }

  prepend(bytes) {
    this.pieces.unshift(...split(bytes));
    this.start -= bytes.length;
  }

  /** Drop whole pieces at the start until at most `limit` bytes are left. */
  dropStart(limit) {
    while (this.length > limit) this.start += this.pieces.shift().length;
  }

  /** Drop whole pieces at the end until at most `limit` bytes are left. */
  dropEnd(limit) {
    while (this.length > limit) this.end -= this.pieces.pop().length;
  }

  /** Each piece with its offset. */
  *entries() {
    let offset = this.start;
    for (const piece of this.pieces) {
      yield [offset, piece];
      offset += piece.length;
    }
  }
}

function split(bytes) {
  const pieces = [];
  for (let i = 0; i < bytes.length; i += PIECE) pieces.push(bytes.subarray(i, i + PIECE));
  return pieces;
}
