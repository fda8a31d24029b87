import { element } from "../common/dom.js";
import { GridRow } from "./grid_row.js";

/** The lines of the jobs that can be seen, and no more; a line goes from one job to the next as the table scrolls. */
export class GridBody {
  constructor(height, columns) {
    this.height = height;
    this.columns = columns;
    this.lines = new Map(); // id -> GridRow
    this.node = element("div", "jobs-body");
    this.node.setAttribute("role", "rowgroup");
  }

  /** Show the rows from one index to another, and one more that keeps its line wherever it stands, as it has the focus. */
  show(rows, from, to, kept) {
    this.node.style.height = `${rows.length * this.height}px`;
    const wanted = new Map();
    const want = (index) => rows[index] && wanted.set(rows[index].id, index);
    if (kept < from) want(kept);
    for (let index = Math.max(0, from); index < to; index += 1) want(index);
    if (kept >= to) want(kept);
    const free = [];
    for (const [id, line] of this.lines) {
      if (wanted.has(id)) continue;
      this.lines.delete(id);
      free.push(line);
    }
    const lines = new Map();
    for (const [id, index] of wanted) {
      const line = this.lines.get(id) ?? free.pop() ?? new GridRow(this.columns);
      line.show(rows[index], index, this.height);
      lines.set(id, line);
    }
    this.lines = lines;
    for (const line of free) line.node.remove();
    this.#order();
  }

  /** Put the lines in the order of the rows, for who reads them in the order of the page; what has the focus keeps it. */
  #order() {
    const nodes = Array.from(this.lines.values(), (line) => line.node);
    const fixed = nodes.find((node) => node.matches(":focus-within"));
    let next = this.node.firstChild;
    for (const node of nodes) {
      if (node === fixed) while (next !== node) next = this.#toEnd(next);
      if (node === next) next = next.nextSibling;
      else this.node.insertBefore(node, next);
    }
  }

  #toEnd(node) {
    const next = node.nextSibling;
    this.node.append(node);
    return next;
  }
}
