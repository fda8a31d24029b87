const WIDTH = 168; // px of a box
const HEIGHT = 44;
const ACROSS = 44; // between columns
const DOWN = 12; // between rows
const EDGE = 4; // around all of it: strokes and arrow heads
const LETTERS = 20; // of a name in a box

/** Where boxes and lines of a graph are, in px. */
export function shapeOf({ columns, rows, boxes, edges }) {
  const left = (column) => EDGE + column * (WIDTH + ACROSS);
  const top = (row) => EDGE + row * (HEIGHT + DOWN);
  const placed = boxes.map((box) => ({
    ...box,
    label: cut(box.name),
    x: left(box.column),
    y: top(box.row),
    width: WIDTH,
    height: HEIGHT,
  }));
  return {
    width: 2 * EDGE + columns * (WIDTH + ACROSS) - ACROSS,
    height: 2 * EDGE + rows * (HEIGHT + DOWN) - DOWN,
    boxes: placed,
    lines: edges.map(([from, to, passes]) => {
      const between = passes.map((row, i) => ({ x: left(boxes[from].column + 1 + i), y: top(row) }));
      return line([placed[from], ...between, placed[to]]);
    }),
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

/** From the right side of one place to the left side of the next one; straight through those between. */
function line(places) {
  const steps = places.slice(1).map(({ x, y }, i) => {
    const [from, before, middle] = [places[i].x + WIDTH, places[i].y + HEIGHT / 2, y + HEIGHT / 2];
    const half = (from + x) / 2;
    return `H${from}C${half} ${before} ${half} ${middle} ${x} ${middle}`;
  });
  return `M${places[0].x + WIDTH} ${places[0].y + HEIGHT / 2}${steps.join("")}`;
}

function cut(name) {
  const letters = [...name];
  return letters.length > LETTERS ? `${letters.slice(0, LETTERS - 1).join("")}…` : name;
}
