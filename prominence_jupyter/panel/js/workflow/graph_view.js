import { element } from "../common/dom.js";
import { graphWords, shapeOf } from "./graph_shape.js";

const SVG = "http://www.w3.org/2000/svg";

/** The described jobs as boxes, and lines to those that wait for them. A wide graph scrolls. */
export class GraphView {
  constructor() {
    this.node = element("div", "graph");
    this.node.setAttribute("role", "group");
    this.node.setAttribute("aria-label", "Graph of the workflow");
    this.node.hidden = true;
    this.shown = "null";
    this.observer = new ResizeObserver(() => this.#fit());
    this.observer.observe(this.node);
  }

  update({ graph }) {
    const shown = JSON.stringify(graph);
    if (shown === this.shown) return;
    this.shown = shown;
    this.node.hidden = !graph;
    this.node.replaceChildren(...(graph ? [drawing(graph)] : []));
    this.#fit();
  }

  close() {
    this.observer.disconnect();
  }

  /** What scrolls can be reached with the keyboard. */
  #fit() {
    if (this.node.scrollWidth > this.node.clientWidth) this.node.tabIndex = 0;
    else this.node.removeAttribute("tabindex");
  }
}

function drawing(graph) {
  const { width, height, boxes, lines } = shapeOf(graph);
  const root = svg("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": graphWords(graph) });
  root.append(...lines.map((d) => svg("path", { class: "prominence-graph-line", d })), ...boxes.map(box));
  return root;
}

function box({ name, label, counts, words, shape, tone, x, y, width, height }) {
  const node = svg("svg", { x, y, width, height, "data-tone": tone, class: "prominence-graph-box" }); // clips what is too long
  node.append(
    svg("title", {}, `${name}: ${words}`),
    svg("rect", { x: 0.5, y: 0.5, width: width - 1, height: height - 1, rx: 3 }),
    svg("rect", { class: "prominence-graph-edge", width: 3, height }),
    svg("text", { class: "prominence-graph-name", x: 12, y: 18 }, label),
    svg("text", { class: "prominence-graph-shape", x: 12, y: 36 }, shape),
    svg("text", { class: "prominence-graph-counts", x: 28, y: 36 }, counts),
  );
  return node;
}

function svg(tag, attributes, text) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value));
  if (text !== undefined) node.textContent = text;
  return node;
}
