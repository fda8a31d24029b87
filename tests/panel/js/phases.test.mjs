import assert from "node:assert/strict";
import { test } from "node:test";

import { layout } from "../../../prominence_jupyter/panel/js/job/phases.js";

const over = (seconds) => ({ name: "queued", tone: "waiting", seconds, since: null, text: `${seconds} s` });
const goesOn = (since) => ({ name: "running", tone: "running", seconds: 0, since, text: "" });

test("phases share the bar by their time", () => {
  assert.deepEqual(layout([over(30), over(10)], 999).map((phase) => phase.share), [0.75, 0.25]);
});

test("the phase that goes on grows, the others give way", () => {
  const phases = [over(30), goesOn(100)];
  assert.deepEqual(layout(phases, 130).map((phase) => [phase.seconds, phase.share]), [[30, 0.5], [30, 0.5]]);
  assert.deepEqual(layout(phases, 190).map((phase) => phase.share), [0.25, 0.75]);
});

test("phases without time share alike; a clock that goes wrong is never negative", () => {
  assert.deepEqual(layout([over(0), goesOn(100)], 50).map((phase) => [phase.seconds, phase.share]), [[0, 0.5], [0, 0.5]]);
  assert.deepEqual(layout([], 0), []);
});
