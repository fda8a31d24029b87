import assert from "node:assert/strict";
import { test } from "node:test";

import { clocks } from "../../../prominence_jupyter/panel/js/job/clocks.js";

const job = { created: 100, started: null, ended: null, tone: "waiting", final: false };

test("a job that waits only queues", () => {
  assert.deepEqual(clocks(job, 108), [["queued", 8]]);
});

test("a job that runs has queued, runs, and both together", () => {
  const running = { ...job, started: 110, tone: "running" };
  assert.deepEqual(clocks(running, 115), [["queued", 10], ["running", 5], ["total", 15]]);
});

test("the times of a job that ended stand still", () => {
  const ended = { ...job, started: 110, ended: 141, tone: "good", final: true };
  assert.deepEqual(clocks(ended, 999), [["queued", 10], ["ran", 31], ["total", 41]]);
  assert.deepEqual(clocks({ ...ended, final: false }, 999), clocks(ended, 999)); // its last output is still to come
});

test("a job that ended in the queue never ran", () => {
  assert.deepEqual(clocks({ ...job, ended: 141, tone: "bad", final: true }, 999), [["queued", 41]]);
});

test("what the service does not say is not made up", () => {
  assert.deepEqual(clocks({ ...job, created: null }, 999), []);
  assert.deepEqual(clocks({ ...job, started: 110, tone: "bad", final: true }, 999), [["queued", 10]]);
  assert.deepEqual(clocks({ ...job, started: 110, tone: "neutral" }, 115)[1], ["since its start", 5]);
});

test("a clock that goes wrong is never negative", () => {
  assert.deepEqual(clocks(job, 50), [["queued", 0]]);
});

test("a job that was evicted waits again", () => {
  assert.deepEqual(clocks({ ...job, started: 110 }, 150), [["queued", 50]]);
});
