import { button, element, setText } from "../common/dom.js";

/** The head of the table: a box that marks all jobs shown, and a button that sorts for each column. */
export class GridHead {
  constructor(columns, onCheckAll, onSort) {
    this.columns = columns;
    this.box = element("input", "jobs-box");
    Object.assign(this.box, { type: "checkbox", tabIndex: -1 });
    this.box.setAttribute("aria-label", "Select all jobs shown");
    this.box.addEventListener("change", () => onCheckAll(this.box.checked));
    this.arrows = columns.map(() => element("span", "jobs-arrow"));
    this.arrows.forEach((arrow) => arrow.setAttribute("aria-hidden", "true"));
    this.buttons = columns.map(({ name, title }, i) => {
      const sort = button("", () => onSort(name));
      sort.className = "prominence-jobs-sort";
      sort.tabIndex = -1;
      sort.append(element("span", "jobs-words", title), this.arrows[i]);
      sort.title = title;
      return sort;
    });
    this.cells = [head("check", this.box), ...columns.map(({ name }, i) => head(name, this.buttons[i]))];
    this.cells.forEach((node, i) => node.setAttribute("aria-colindex", String(i + 1)));
    this.node = element("div", "jobs-row prominence-jobs-head-row", ...this.cells);
    this.node.setAttribute("role", "row");
    this.node.setAttribute("aria-rowindex", "1");
  }

  target(column) {
    if (column > 0) return this.buttons[column - 1];
    return this.box.disabled ? this.cells[0] : this.box;
  }

  update(sort, checked, checkable) {
    this.columns.forEach(({ name }, i) => {
      const order = sort.descending ? "descending" : "ascending";
      const isSorted = sort.column === name;
      this.cells[i + 1].setAttribute("aria-sort", isSorted ? order : "none");
      setText(this.arrows[i], isSorted ? (sort.descending ? "▾" : "▴") : "");
    });
    this.box.disabled = checkable === 0;
    this.box.checked = checkable > 0 && checked === checkable;
    this.box.indeterminate = checked > 0 && checked < checkable;
  }
}

function head(name, ...children) {
  const node = element("div", `jobs-cell prominence-jobs-${name}`, ...children);
  node.setAttribute("role", "columnheader");
  node.tabIndex = -1;
  return node;
}
