// The words under a log.

import assert from "node:assert/strict";
import { test } from "node:test";

import { lineCount } from "../../../prominence_jupyter/panel/js/common/words.js";
import { Feed } from "../../../prominence_jupyter/panel/js/job/feed.js";
import { noteOn } from "../../../prominence_jupyter/panel/js/log/note.js";

function note(change = () => {}, { copied = "", late = 0, stays = false } = {}) {
  const feed = new Feed(() => {}, () => 100);
  const window = feed.open("stdout");
  change(feed, window);
  return noteOn({ log: feed.logs.stdout, window, feed, copied, late, stays });
}

const output = (start, notice = "") => ({ stdout: { run: 0, start, size: start + 1, lines: 0, notice, data: new Uint8Array([65]) } });

test("a log that is whole needs no words", () => {
  assert.equal(note((feed) => feed.load(output(0))), "");
});

test("what came before, and why a log began afresh", () => {
  assert.equal(note((feed) => feed.load(output(9, "Started again."))), "Started again. · Earlier output: scroll up");
  assert.equal(note((feed) => (feed.load(output(9)), feed.lose())), "Earlier output is not here any more");
});

test("why the view of a job that has ended is still there", () => {
  assert.match(note(() => {}, { stays: true }), /^The job has ended: this view stays/);
  assert.match(note((feed) => feed.load(output(9)), { stays: true }), /^The job has ended.* · Earlier output: scroll up$/);
  assert.equal(note((feed) => feed.lose(), { stays: true }), "");
});

test("what waits for the running cell, once it has waited for long", () => {
  const asks = (feed) => feed.ask("stdout", [0, 1]);
  assert.equal(note(asks, { late: 99 }), "");
  assert.equal(note(asks, { late: 100 }), "Waiting for the running cell…");
  assert.equal(note((feed) => (asks(feed), feed.lose()), { late: 100 }), "");
});

test("what became of a log that is saved or copied", () => {
  const saves = (feed) => feed.save("stdout");
  assert.equal(note(saves, { late: 99 }), "Saving…");
  assert.equal(note(saves, { late: 100 }), "Waiting for the running cell…");
  assert.equal(note((feed) => feed.receive({ kind: "done", action: "save", text: "Saved: a.txt" })), "Saved: a.txt");
  assert.equal(note(() => {}, { copied: "Copied the last 965 KB" }), "Copied the last 965 KB");
});

test("lines are counted", () => {
  assert.deepEqual([0, 1, 12345].map(lineCount), ["0 lines", "1 line", "12,345 lines"]);
});
