import { queuedFor, ranFor } from "./job_rows.js";

export const TONES = ["bad", "running", "waiting", "good", "neutral"]; // what needs a look first

const NATURAL = new Intl.Collator(undefined, { numeric: true }); // sweep-9 before sweep-10

/** What a column is sorted by: a number or text in lower case; null comes last, whichever the direction. */
const KEYS = {
  status: (row) => TONES.indexOf(row.tone) + row.group,
  id: (row) => (/^\d{1,15}$/.test(row.job) ? Number(row.job) : row.job || null),
  name: (row) => row.name.toLowerCase() || null,
  queued: queuedFor,
  ran: ranFor,
  detail: (row) => row.detail.toLowerCase() || null,
  site: (row) => row.site.toLowerCase() || null,
};

const NUMBER = /^-?\d+(\.\d*)?(e[+-]?\d+)?$/i;

/** Of a parameter, by its place. */
const valueAt = (place) => (row) => {
  const value = row.parameters[place] ?? "";
  return NUMBER.test(value) ? Number(value) : value.toLowerCase() || null;
};

/** The jobs that one view shows, in its order: sorted, filtered by groups, searched. */
export class Listing {
  constructor(rows, column = "id") {
    this.rows = rows;
    this.sort = { column, descending: false };
    this.groups = new Set(); // empty: all of them
    this.query = "";
    this.sorted = [];
    this.shown = [];
    this.renew();
  }

  /** Look at all rows anew: their values have changed. */
  renew() {
    const { column } = this.sort;
    const key = KEYS[column] ?? valueAt(Number(column.replace("parameter-", "")));
    const now = Date.now() / 1000;
    const turn = this.sort.descending ? -1 : 1;
    const keyed = Array.from(this.rows.byId.values(), (row, place) => ({ row, place, key: key(row, now) }));
    keyed.sort((a, b) => compare(a.key, b.key, turn) || a.place - b.place);
    this.sorted = keyed.map(({ row }) => row);
    this.#filter();
  }

  sortBy(column) {
    const again = this.sort.column === column;
    this.sort = { column, descending: again && !this.sort.descending };
    this.renew();
  }

  toggleGroup(group) {
    if (!this.groups.delete(group)) this.groups.add(group);
    this.#filter();
  }

  search(text) {
    this.query = text;
    this.#filter();
  }

  clear() {
    this.groups.clear();
    this.search("");
  }

  /** Where a job stands, -1 if it is not shown. */
  indexOf(id) {
    this.places ??= new Map(this.shown.map((row, i) => [row.id, i]));
    return this.places.get(id) ?? -1;
  }

  #filter() {
    const words = this.query.toLowerCase().split(/\s+/).filter(Boolean);
    const isShown = (row) =>
      (this.groups.size === 0 || this.groups.has(row.group)) && words.every((word) => row.text.includes(word));
    this.shown = this.sorted.filter(isShown);
    this.places = null;
  }
}

function compare(a, b, turn) {
  if (a === b) return 0;
  if (a === null || b === null) return a === null ? 1 : -1;
  if (typeof a !== typeof b) return typeof a === "number" ? -turn : turn;
  if (typeof a === "string") return NATURAL.compare(a, b) * turn;
  return a < b ? -turn : turn;
}
