import { element, setText } from "../common/dom.js";

/** The line of one job. Lines are used again for other jobs as the table scrolls. */
export class GridRow {
  constructor(columns) {
    this.columns = columns;
    this.box = element("input", "jobs-box");
    Object.assign(this.box, { type: "checkbox", tabIndex: -1 });
    this.shape = element("span", "jobs-shape");
    this.shape.setAttribute("aria-hidden", "true");
    this.words = columns.map(() => element("span", "jobs-words"));
    const cells = columns.map(({ name }, i) => cell(name, ...(name === "status" ? [this.shape] : []), this.words[i]));
    this.cells = [cell("check", this.box), ...cells];
    this.node = element("div", "jobs-row", ...this.cells);
    this.node.setAttribute("role", "row");
    this.cells.forEach((node, i) => node.setAttribute("aria-colindex", String(i + 1)));
  }

  /** Where the focus goes in a column: a cell, or the one thing to use in it. */
  target(column) {
    return column === 0 && !this.box.disabled ? this.box : this.cells[column];
  }

  show(row, index, height) {
    if (this.index !== index) {
      this.index = index;
      this.node.style.transform = `translateY(${index * height}px)`;
      this.node.setAttribute("aria-rowindex", String(index + 2)); // the head is the first one
    }
    if (this.row === row) return;
    this.row = row;
    this.node.dataset.id = row.id;
    this.node.dataset.tone = row.tone;
    this.node.dataset.job = row.job;
    setText(this.shape, row.shape);
    this.box.setAttribute("aria-label", `Select job ${row.job}`);
    this.tick(Date.now() / 1000);
  }

  tick(now) {
    this.columns.forEach(({ text, hint = text }, i) => {
      setText(this.words[i], text(this.row, now));
      const words = hint(this.row, now);
      if (this.cells[i + 1].title !== words) this.cells[i + 1].title = words;
    });
  }

  /** Show what the person chose: marked for cancelling, opened. */
  choose(isChecked, isSelected, mayCheck) {
    this.box.checked = isChecked;
    if (!mayCheck && this.box.matches(":focus")) this.cells[0].focus({ preventScroll: true }); // what is disabled loses it
    this.box.disabled = !mayCheck;
    this.node.setAttribute("aria-selected", String(isSelected));
  }
}

function cell(name, ...children) {
  const node = element("div", `jobs-cell prominence-jobs-${name}`, ...children);
  node.setAttribute("role", "gridcell");
  node.tabIndex = -1;
  return node;
}
