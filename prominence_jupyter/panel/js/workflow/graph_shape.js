const WIDTH = 168; // px of a box
const HEIGHT = 44;
const ACROSS = 44; // between columns
const DOWN = 12; // between rows
const EDGE = 4; // around all of it: strokes and arrow heads
const LETTERS = 20; // of a name in a box

/** Where boxes and lines of a graph are, in px. */
export function shapeOf({ columns, rows, boxes, edges }) {
  const placed = boxes.map((box) => ({
    ...box,
    label: cut(box.name),
    x: EDGE + box.column * (WIDTH + ACROSS),
    y: EDGE + box.row * (HEIGHT + DOWN),
    width: WIDTH,
    height: HEIGHT,
  }));
  return {
    width: 2 * EDGE + columns * (WIDTH + ACROSS) - ACROSS,
    height: 2 * EDGE + rows * (HEIGHT + DOWN) - DOWN,
    boxes: placed,
    lines: edges.map(([from, to]) => line(placed[from], placed[to])),
  };
}

/** The same in words: what the jobs are doing, and what they wait for. */
export function graphWords({ boxes, edges }) {
  const told = boxes.map(({ name, words }, i) => {
    const before = edges.filter(([, to]) => to === i).map(([from]) => boxes[from].name);
    return `${name}: ${words}${before.length ? `, after ${before.join(", ")}` : ""}`;
  });
  return `What waits for what. ${told.join("; ")}`;
}

function line(from, to) {
  const [x, y, end, below] = [from.x + WIDTH, from.y + HEIGHT / 2, to.x, to.y + HEIGHT / 2];
  const bend = Math.min(ACROSS, (end - x) / 2);
  return `M${x} ${y}C${x + bend} ${y} ${end - bend} ${below} ${end} ${below}`;
}

function cut(name) {
  const letters = [...name];
  return letters.length > LETTERS ? `${letters.slice(0, LETTERS - 1).join("")}…` : name;
}
