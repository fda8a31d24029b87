// The head of a workflow, as far as it needs no browser: clock, graph.

import assert from "node:assert/strict";
import { test } from "node:test";

import { clock, timeLeft } from "../../../prominence_jupyter/panel/js/workflow/clock.js";
import { graphWords, shapeOf } from "../../../prominence_jupyter/panel/js/workflow/graph_shape.js";
import { Kernel } from "../../../prominence_jupyter/panel/js/workflow/kernel.js";

test("how long it waits, runs, took", () => {
  const times = { created: 100, started: null, ended: null, final: false };
  assert.equal(clock(times, 108), "waiting 8 s");
  assert.equal(clock({ ...times, started: 110 }, 235), "running 2 min 05 s");
  assert.equal(clock({ ...times, started: 110, ended: 220, final: true }, 999), "took 2 min 00 s");
  assert.equal(clock({ ...times, started: 110, final: true }, 999), "");
  assert.equal(clock({ created: null, started: null, ended: null, final: false }, 999), "");
  assert.equal(clock({ ...times, started: 110 }, 90), "running 0 s", "the clock of this machine may be behind");
});

test("how long it is still, and nothing once that time is over", () => {
  const told = (left) => timeLeft(1000 + left, 1000);
  assert.deepEqual([20, 190, 7200, 7300, 200_000].map(told), [
    ...["less than a minute left", "about 4 min left", "about 2 h left", "about 2 h 15 min left", "about 3 days left"],
  ]);
  assert.deepEqual([-5, 0, 1e9].map(told), ["", "", ""]);
  assert.equal(timeLeft(null, 1000), "");
});

const box = (name, column, row, words = "waiting") => ({ name, column, row, words, counts: words, tone: "waiting", shape: "○" });
const GRAPH = {
  columns: 2,
  rows: 2,
  boxes: [box("one", 0, 0, "completed"), box("two", 0, 1), box("x".repeat(60), 1, 0.5)],
  edges: [[0, 2, []], [1, 2, []]],
};

test("boxes do not touch, all of it is inside, lines go from box to box", () => {
  const { width, height, boxes, lines } = shapeOf(GRAPH);
  const [one, two, last] = boxes;
  assert.ok(two.y >= one.y + one.height && last.x > one.x + one.width);
  for (const { x, y, width: wide, height: high } of boxes) assert.ok(x >= 0 && y >= 0 && x + wide <= width && y + high <= height);
  assert.ok(lines[0].startsWith(`M${one.x + one.width} ${one.y + one.height / 2}`));
  assert.ok(lines[1].endsWith(`${last.x} ${last.y + last.height / 2}`));
  assert.equal(last.label, `${"x".repeat(19)}…`);
});

test("a line goes straight through the columns that it passes", () => {
  const boxes = [box("a", 0, 0), box("b", 1, 0), box("c", 2, 0)];
  const { lines, boxes: [a, b, c] } = shapeOf({ columns: 3, rows: 2, boxes, edges: [[0, 2, [1]]] });
  const [, toPast, toEnd] = lines[0].split("H");
  const low = b.y + b.height + 12 + b.height / 2;
  assert.ok(lines[0].startsWith(`M${a.x + a.width} ${a.y + a.height / 2}`));
  assert.ok(toPast.endsWith(` ${b.x} ${low}`), toPast);
  assert.ok(toEnd.startsWith(`${b.x + b.width}C`) && toEnd.endsWith(` ${c.x} ${c.y + c.height / 2}`), toEnd);
});

test("the graph in words", () => {
  assert.equal(graphWords(GRAPH), `What waits for what. one: completed; two: waiting; ${"x".repeat(60)}: waiting, after one, two`);
});

test("a kernel is lost once, and who listens hears it", () => {
  const kernel = new Kernel();
  let heard = 0;
  const end = kernel.listen(() => (heard += 1));
  kernel.lose();
  kernel.lose();
  assert.deepEqual([kernel.lost, heard], [true, 1]);
  end();
  assert.equal(kernel.listeners.size, 0);
});
