export const KEEP = 1024 * 1024; // bytes of output kept, and about the characters shown

/** Output by byte offset: whole spans and the gaps between them. Older output is dropped beyond a limit. */
export class OutputStore {
  constructor(limit = KEEP) {
    this.limit = limit;
    this.reset(0, 0);
  }

  reset(run, offset) {
    this.run = run;
    this.floor = 0; // what lies before was dropped, and is not taken again
    this.spans = [{ start: offset, end: offset, pieces: [] }];
  }

  get start() {
    return this.spans[0].start;
  }

  get end() {
    return this.spans.at(-1).end;
  }

  /** Gaps inside the output, as [from, to]. */
  gaps() {
    return this.spans.slice(1).map((span, i) => [this.spans[i].end, span.start]);
  }

  /** Take bytes in. Returns "end" if they continue the output, "inside" if more changed, "nothing" if all was known. */
  add(offset, bytes) {
    const end = this.end;
    let place = "nothing";
    for (const [from, to] of [[this.floor, this.start], ...this.gaps(), [end, Infinity]]) {
      const first = Math.max(from, offset);
      const last = Math.min(to, offset + bytes.length);
      if (first >= last) continue;
      this.spans.push({ start: first, end: last, pieces: [bytes.subarray(first - offset, last - offset)] });
      place = place === "nothing" && first === end ? "end" : "inside";
    }
    this.#merge();
    this.#trim();
    return place;
  }

  #merge() {
    this.spans.sort((a, b) => a.start - b.start || a.end - b.end);
    const merged = [this.spans[0]];
    for (const span of this.spans.slice(1)) {
      const last = merged.at(-1);
      if (span.start > last.end) {
        merged.push(span);
      } else {
        last.end = span.end;
        for (const piece of span.pieces) last.pieces.push(piece);
      }
    }
    this.spans = merged;
  }

  #trim() {
    let excess = this.spans.reduce((sum, span) => sum + span.end - span.start, 0) - this.limit;
    while (excess > 0) {
      const span = this.spans[0];
      if (span.pieces.length === 0) {
        this.spans.shift();
        continue;
      }
      const dropped = Math.min(excess, span.pieces[0].length);
      span.pieces[0] = span.pieces[0].subarray(dropped);
      if (span.pieces[0].length === 0) span.pieces.shift();
      span.start += dropped;
      excess -= dropped;
      this.floor = span.start;
    }
  }
}
