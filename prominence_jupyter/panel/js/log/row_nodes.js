import { element } from "../common/dom.js";
import { coloursOf } from "./colours.js";
import { runsOf } from "./line.js";

const ATTRIBUTES = ["bold", "dim", "italic", "underline"];
const PARTS = 400; // differently styled parts of one row; what follows is plain

/** The nodes of the rows that are in sight. A row keeps its node while its line stays as it is, so that text stays selected. */
export class RowNodes {
  constructor(canvas) {
    this.canvas = canvas;
    this.nodes = new Map(); // key -> node; keys grow downwards
    this.places = new WeakMap(); // node -> {key, line, start}: `line` counted from the first line ever
  }

  clear() {
    this.nodes.clear();
    this.canvas.replaceChildren();
  }

  /** Lines from this one on have changed, counted from the first line ever. */
  forget(line) {
    for (const [key, node] of this.nodes) if (this.places.get(node).line >= line) this.#remove(key, node);
  }

  /** Have nodes for the rows from `first` to before `end`, and for those in which the selection starts and ends. */
  show({ rows, lines, search, height, first, end }) {
    const wanted = new Set();
    for (let row = first; row < end; row += 1) wanted.add(rows.base + row);
    for (const node of this.selected()) wanted.add(this.places.get(node).key);
    for (const [key, node] of this.nodes) if (!wanted.has(key)) this.#remove(key, node);
    let next = this.canvas.firstChild;
    for (const key of [...wanted].sort((a, b) => a - b)) {
      if (key < rows.base) continue;
      if (!this.nodes.has(key)) this.#insert(key, rows, lines, search, next);
      const node = this.nodes.get(key);
      const top = `${(key - rows.base) * height}px`;
      if (node.style.top !== top) node.style.top = top;
      next = node.nextSibling;
    }
  }

  /** The rows in which the selection starts and ends, if it is here. */
  selected() {
    const selection = getSelection();
    if (!selection || selection.isCollapsed) return [];
    const ends = [selection.anchorNode, selection.focusNode].map((node) => this.rowOf(node));
    return ends.filter(Boolean);
  }

  /** The row that holds a node. */
  rowOf(node) {
    let row = node;
    while (row && row.parentNode !== this.canvas) row = row.parentNode;
    return this.places.has(row) ? row : null;
  }

  #insert(key, rows, lines, search, next) {
    const { line, start, end, more } = rows.at(key - rows.base, lines);
    const node = element("div", "log-row", ...partsOf(lines[line], start, end, search.within(line, start, end), search.current));
    if (more > 0) node.append(element("span", "log-more", `… ${more.toLocaleString("en")} more characters: wrap to see them`));
    this.places.set(node, { key, line: rows.first + line, start });
    this.nodes.set(key, node);
    this.canvas.insertBefore(node, next);
  }

  #remove(key, node) {
    this.nodes.delete(key);
    node.remove();
  }
}

/** The nodes of a part of a line, with the matches of a search marked. */
function partsOf(line, start, end, matches, current) {
  const nodes = [];
  let index = start;
  for (const [text, style] of simplified(runsOf(line, start, end))) {
    for (const [part, match] of cut(text, index, matches)) nodes.push(partOf(part, style, match, current));
    index += text.length;
  }
  return nodes;
}

function simplified(runs) {
  if (runs.length <= PARTS) return runs;
  const rest = runs.slice(PARTS).map(([text]) => text);
  return [...runs.slice(0, PARTS), [rest.join(""), null]];
}

/** Text that starts at an index, cut where matches start and end, as [text, match]. */
function cut(text, index, matches) {
  const parts = [];
  let at = index;
  const end = index + text.length;
  const add = (to, match) => {
    if (to > at) parts.push([text.slice(at - index, to - index), match]);
    at = Math.max(at, to);
  };
  for (const match of matches) {
    add(Math.min(match.start, end), null);
    add(Math.min(match.end, end), match);
  }
  add(end, null);
  return parts;
}

function partOf(text, style, match, current) {
  if (style === null && match === null) return document.createTextNode(text);
  const node = element(match ? "mark" : "span", match ? "log-match" : "log-part", text);
  if (match) node.dataset.current = String(match === current);
  if (style === null) return node;
  for (const name of ATTRIBUTES) if (style[name]) node.classList.add(`prominence-log-${name}`);
  if (!match) Object.assign(node.style, coloursOf(style));
  return node;
}
