import { button, element, setText } from "../common/dom.js";
import { jobCount } from "../common/words.js";
import { CancelBar } from "./cancel_bar.js";
import { Grid } from "./grid.js";
import { Listing } from "./listing.js";
import { Notes } from "./notes.js";
import { StatusBar } from "./status_bar.js";

const SPEAK_AFTER = 600; // ms after the last key of a search

/** A whole table: counts, search, rows, what to do with them. */
export class TableView {
  constructor(feed) {
    this.feed = feed;
    this.listing = new Listing(feed.rows, feed.worstFirst ? "status" : "id");
    this.grid = new Grid(this.listing, feed);
    this.bar = new StatusBar(feed.rows, this.listing, (group) => this.#narrow(() => this.listing.toggleGroup(group)));
    this.cancel = new CancelBar(feed, this.listing);
    this.notes = new Notes(feed);
    this.title = element("span", "jobs-title");
    this.all = button("Show all", () => this.#showAll());
    this.search = this.#makeSearch();
    this.spoken = element("div", "jobs-spoken");
    this.spoken.setAttribute("role", "status");
    this.none = element("div", "jobs-none", "No job is like that.");
    const about = element("div", "jobs-about", this.title, this.all);
    const top = element("div", "jobs-top", about, this.search);
    const foot = element("div", "jobs-foot", this.notes.node, this.cancel.node);
    this.root = element("div", "jobs", top, this.bar.node, element("div", "jobs-frame", this.grid.node, this.none), foot, this.spoken);
    this.root.setAttribute("role", "group"); // no landmark: a page may have many tables
    this.root.setAttribute("aria-label", "Jobs");
    this.root.dataset.lmSuppressShortcuts = "true"; // JupyterLab's keys (D D deletes a cell) are not meant for a table
    this.timer = setInterval(() => this.#tick(), 1000);
    this.grid.render();
    this.#words();
  }

  update(changed) {
    this.grid.update(changed);
    this.#words();
  }

  controls() {
    this.grid.choose();
    this.cancel.update();
    this.notes.update();
  }

  close() {
    clearInterval(this.timer);
    clearTimeout(this.speech);
    this.grid.close();
    this.notes.close();
  }

  #makeSearch() {
    const search = element("input", "jobs-search");
    Object.assign(search, { type: "search", placeholder: "Search", spellcheck: false, autocomplete: "off" });
    const parameters = this.feed.rows.parameters.length ? "parameters, " : "";
    search.title = `Search in id, name, ${parameters}status, reason and site`;
    search.setAttribute("aria-label", search.title);
    search.addEventListener("input", () => this.#narrow(() => this.listing.search(search.value)));
    return search;
  }

  #showAll() {
    this.search.value = "";
    this.#narrow(() => this.listing.clear());
    this.search.focus();
  }

  #narrow(change) {
    this.grid.rearrange(change);
    this.#words();
    clearTimeout(this.speech);
    this.speech = setTimeout(() => setText(this.spoken, `${this.title.textContent} shown`), SPEAK_AFTER);
  }

  #words() {
    const { shown, groups, query } = this.listing;
    const isNarrow = groups.size > 0 || query.trim() !== "";
    const total = jobCount(this.feed.rows.size);
    setText(this.title, isNarrow ? `${shown.length.toLocaleString("en")} of ${total}` : total);
    this.all.hidden = !isNarrow;
    this.none.hidden = shown.length > 0;
    setText(this.none, isNarrow ? "No job is like that." : "No jobs.");
    this.grid.node.setAttribute("aria-label", total);
    this.bar.update();
    this.cancel.update();
    this.notes.update();
  }

  #tick() {
    if (!this.feed.lost) this.grid.tick(Date.now() / 1000);
  }
}
