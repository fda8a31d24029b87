import { duration } from "../common/words.js";

const SEARCHED = ["job", "name", "status", "reason", "site"];

/** All jobs by id, as the kernel sent them, with what is derived of each; and how many there are in each group. */
export class JobRows {
  constructor() {
    this.parameters = []; // their names
    this.byId = new Map();
    this.groups = new Map(); // group -> {group, tone, shape, count}
    this.longestId = 0;
  }

  get size() {
    return this.byId.size;
  }

  /** Take rows in, each an array in the order of the columns. Returns the ids of those that are new or replaced. */
  take(columns, arrays) {
    const changed = new Set();
    for (const array of arrays) {
      const row = Object.fromEntries(columns.map((column, i) => [column, array[i]]));
      row.text = this.#searched(row);
      row.mayCancel = !row.final && row.job !== ""; // one whose turn has not come is no job yet
      row.detail = [row.exit_codes, row.reason].filter(Boolean).join(" · ");
      this.#count(this.byId.get(row.id), -1);
      this.#count(row, 1);
      this.byId.set(row.id, row);
      this.longestId = Math.max(this.longestId, row.job.length);
      changed.add(row.id);
    }
    return changed;
  }

  /** Learn what the parameters are called, which may be after the first rows have come. */
  name(parameters) {
    this.parameters = parameters;
    for (const row of this.byId.values()) row.text = this.#searched(row);
  }

  #searched(row) {
    const values = this.parameters.map((name, i) => `${name}=${row.parameters[i] ?? ""}`);
    return [...SEARCHED.map((column) => row[column]), ...values].join("\n").toLowerCase();
  }

  #count(row, step) {
    if (!row) return;
    const { group, tone, shape } = row;
    const known = this.groups.get(group) ?? { group, tone, shape, count: 0 };
    known.count += step;
    if (known.count > 0) this.groups.set(group, known);
    else this.groups.delete(group); // a service may send any number of words
  }
}

const isKnown = (value) => value !== null && value !== undefined;

/** Seconds in the queue at a time in Unix seconds, null where nobody knows. */
export function queuedFor(row, now) {
  if (!isKnown(row.created)) return null;
  const until = row.tone === "waiting" ? null : (row.started ?? row.ended);
  if (isKnown(until)) return Math.max(0, until - row.created);
  return row.final ? null : Math.max(0, now - row.created);
}

/** Seconds that a job ran, or runs so far. */
export function ranFor(row, now) {
  if (!isKnown(row.started) || row.tone === "waiting") return null;
  if (isKnown(row.ended)) return Math.max(0, row.ended - row.started);
  return row.final ? null : Math.max(0, now - row.started);
}

export const durationOrNothing = (seconds) => (seconds === null ? "" : duration(seconds));
