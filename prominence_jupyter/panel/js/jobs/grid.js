import { element } from "../common/dom.js";
import { columnsFor, template } from "./columns.js";
import { GridBody } from "./grid_body.js";
import { GridHead } from "./grid_head.js";
import { moved } from "./grid_keys.js";

const HEIGHT = 28; // px of a line, also in the style sheet
const BEYOND = 6; // lines kept on either side of what can be seen
const MOST_LINES = 14; // of the table before a person makes it larger

/** The table itself: a grid that scrolls, of which only what can be seen is in the page. */
export class Grid {
  constructor(listing, feed) {
    this.listing = listing;
    this.feed = feed;
    this.active = { id: null, index: 0, column: 1 }; // where the focus is, or would come in; of the head the index is -1
    this.columns = columnsFor(listing.rows.parameters);
    this.body = new GridBody(HEIGHT, this.columns);
    this.head = new GridHead(
      this.columns,
      (wanted) => this.#check(this.listing.shown, wanted),
      (column) => this.rearrange(() => this.listing.sortBy(column)),
    );
    this.node = element("div", "jobs-grid", this.head.node, this.body.node);
    this.node.setAttribute("role", "grid");
    this.node.setAttribute("aria-readonly", "true");
    this.node.setAttribute("aria-colcount", String(this.columns.length + 1));
    this.node.addEventListener("scroll", () => this.#soon(), { passive: true });
    this.node.addEventListener("keydown", (event) => this.#press(event));
    this.node.addEventListener("focusin", (event) => this.#enter(event.target));
    this.body.node.addEventListener("click", (event) => this.#click(event));
    this.observer = new ResizeObserver(() => this.#soon());
    this.observer.observe(this.node);
    this.frame = 0;
  }

  /** The person sorts or filters: the table begins at its top again. */
  rearrange(change) {
    change();
    this.node.scrollTop = 0;
    this.render();
  }

  /** Rows have changed: what can be seen stays where it is, as far as it is still there. */
  update(changed) {
    const { scrollTop } = this.node;
    const first = Math.floor(scrollTop / HEIGHT);
    const seen = scrollTop > 0 ? this.listing.shown.slice(first, first + this.#page() + 1) : [];
    this.listing.renew();
    const anchor = seen.find(({ id }) => !changed.has(id) && this.listing.indexOf(id) >= 0);
    this.render();
    if (!anchor) return;
    const shift = this.listing.indexOf(anchor.id) - first - seen.indexOf(anchor);
    if (shift === 0) return;
    this.node.scrollTop = scrollTop + shift * HEIGHT;
    this.render();
  }

  render() {
    const { shown } = this.listing;
    this.#fit();
    this.node.style.setProperty("--p-lines", String(Math.min(Math.max(this.listing.rows.size, 3), MOST_LINES) + 1));
    this.node.style.setProperty("--p-id", `${Math.min(Math.max(this.listing.rows.longestId, 4), 14)}ch`);
    this.node.setAttribute("aria-rowcount", String(shown.length + 1));
    const hadFocus = this.body.node.matches(":focus-within");
    const stays = this.#settle();
    const first = Math.floor(this.node.scrollTop / HEIGHT);
    this.body.show(shown, first - BEYOND, first + this.#page() + 1 + BEYOND, this.active.index);
    this.choose();
    if (hadFocus && !stays) this.#target().focus({ preventScroll: true });
  }

  /** Show anew what the person chose: marked, opened, sorted. */
  choose() {
    const { checked, selected, waits, lost } = this.feed;
    const opened = waits.has("select") ? waits.get("select") : selected;
    for (const [id, line] of this.body.lines) {
      line.choose(checked.has(id), id === opened, this.feed.canCancel && line.row.mayCancel && !lost);
    }
    const open = this.feed.canCancel && !lost ? this.listing.shown.filter((row) => row.mayCancel) : [];
    this.head.update(this.listing.sort, open.filter(({ id }) => checked.has(id)).length, open.length);
    this.#rove();
  }

  tick(now) {
    for (const line of this.body.lines.values()) if (!line.row.final) line.tick(now);
  }

  close() {
    this.observer.disconnect();
    cancelAnimationFrame(this.frame);
  }

  #soon() {
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0;
      this.render();
    });
  }

  /** How many lines can be seen whole. */
  #page() {
    return Math.max(1, Math.floor(this.node.clientHeight / HEIGHT) - 1);
  }

  /** Find the active job again, or the one that stands in its place now. Returns whether it is the same. */
  #settle() {
    const { id, index } = this.active;
    if (index < 0 && id === null) return true;
    const place = id === null ? -1 : this.listing.indexOf(id);
    this.active.index = place >= 0 ? place : Math.min(index, this.listing.shown.length - 1);
    this.active.id = this.listing.shown[this.active.index]?.id ?? null;
    return place >= 0;
  }

  /** Less width, fewer columns. */
  #fit() {
    const width = this.node.clientWidth;
    if (width === this.width || width === 0) return;
    this.width = width;
    const { tracks, hidden } = template(this.columns, width);
    this.node.style.setProperty("--p-columns", tracks);
    this.node.dataset.hidden = hidden;
  }

  #target() {
    const line = this.body.lines.get(this.active.id) ?? this.head;
    const away = (column) => Math.abs(column - this.active.column);
    const [column = this.active.column] = this.#columns().sort((one, other) => away(one) - away(other));
    return line.target(column);
  }

  /** Those that there is room for. */
  #columns() {
    return this.head.cells.flatMap((cell, i) => (cell.getClientRects().length ? [i] : []));
  }

  /** Only one place of the table is in the order of the Tab key. */
  #rove() {
    const target = this.#target();
    if (this.stop && this.stop !== target) this.stop.tabIndex = -1;
    this.stop = target;
    target.tabIndex = 0;
  }

  #go({ index, column }) {
    this.active = { id: this.listing.shown[index]?.id ?? null, index, column };
    const top = index * HEIGHT;
    const room = this.node.clientHeight - 2 * HEIGHT; // below the head, above the last line
    if (index >= 0) this.node.scrollTop = Math.max(top - room, Math.min(top, this.node.scrollTop));
    this.render();
    this.#target().focus({ preventScroll: true });
  }

  #enter(target) {
    const cell = target.closest("[aria-colindex]");
    if (!cell) return;
    const { id = null } = cell.parentNode.dataset;
    this.active = { id, index: id === null ? -1 : this.listing.indexOf(id), column: Number(cell.getAttribute("aria-colindex")) - 1 };
    this.#rove();
  }

  #press(event) {
    const { key, target } = event;
    if (event.altKey || event.metaKey || (event.ctrlKey && key !== "Home" && key !== "End")) return;
    const row = this.listing.shown[this.active.index];
    const columns = this.#columns();
    const place = moved(key, this.active, { last: this.listing.shown.length - 1, page: this.#page(), columns });
    if (place) this.#go(place);
    else if (key === "Escape") leave(this.node);
    else if (key === "Enter" && row) this.#open(row.id);
    else if (key === " " && row && target.type !== "checkbox") this.#check([row], !this.feed.checked.has(row.id));
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #click({ target, shiftKey }) {
    const id = target.closest("[data-id]")?.dataset.id;
    const index = this.listing.indexOf(id);
    if (index < 0) return;
    if (!target.closest(".prominence-jobs-check")) {
      if (String(getSelection()) === "") this.#open(id); // else a text was marked, to be copied
      return;
    }
    const other = shiftKey ? this.listing.indexOf(this.lastChecked) : -1;
    const [from, to] = other < 0 ? [index, index] : [Math.min(index, other), Math.max(index, other)];
    this.#check(this.listing.shown.slice(from, to + 1), !this.feed.checked.has(id));
    this.lastChecked = id;
  }

  #check(rows, wanted) {
    if (!this.feed.canCancel || this.feed.lost) return;
    this.feed.check(rows.map(({ id }) => id), wanted);
  }

  #open(id) {
    if (this.feed.canSelect && this.listing.rows.byId.get(id)?.job) this.feed.select(id);
  }
}

/** Give the focus to what holds the widget: in a notebook its cell, where the keys of the notebook work again. */
function leave(node) {
  const holder = node.closest(".prominence-jobs").parentNode?.closest?.("[tabindex]");
  if (holder) holder.focus({ preventScroll: true });
  else document.activeElement?.blur();
}
