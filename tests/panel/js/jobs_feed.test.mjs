// What the table makes of messages, some of them lost; and where keys lead.

import assert from "node:assert/strict";
import { test } from "node:test";

import { moved } from "../../../prominence_jupyter/panel/js/jobs/grid_keys.js";
import { TableFeed } from "../../../prominence_jupyter/panel/js/jobs/table_feed.js";
import { job, state, values } from "./jobs_rows.mjs";

function wired(jobs = [job({ id: "1" }), job({ id: "2" }), job({ id: "3", final: true })]) {
  const wire = { sent: [], clock: 0, told: [] };
  const feed = new TableFeed((message) => wire.sent.push(message), ["select", "cancel"], () => wire.clock);
  feed.load(state(jobs));
  feed.views.add({ update: (changed) => wire.told.push(changed), controls: () => wire.told.push("controls") });
  wire.sent.length = 0; // what it asked for at once
  const news = (after, seq, ...rows) => feed.receive({ kind: "rows", after, seq, rows: rows.map(values), stale: "" });
  return { feed, wire, news };
}

test("at once it asks for what was sent before it was there", () => {
  const sent = [];
  const feed = new TableFeed((message) => sent.push(message));
  feed.load(state([], { seq: 4, stale: "no news", selected: "7" }));
  assert.deepEqual(sent, [{ resync: 4 }]);
  assert.deepEqual([feed.stale, feed.selected], ["no news", "7"]);
});

test("rows in order are taken, nothing is asked for", () => {
  const { feed, wire, news } = wired();
  news(0, 1, job({ id: "1", status: "running" }));
  news(1, 2, job({ id: "4" }));
  assert.equal(feed.rows.byId.get("1").status, "running");
  assert.equal(feed.rows.size, 4);
  assert.deepEqual(wire.sent, []);
  assert.deepEqual(wire.told, [new Set(["1"]), new Set(["4"])]);
});

test("what is missing is asked for once, and again when no answer came for long", () => {
  const { feed, wire, news } = wired();
  news(1, 2, job({ id: "1", status: "running" }));
  news(2, 3);
  assert.deepEqual(wire.sent, [{ resync: 0 }]);
  assert.equal(feed.rows.byId.get("1").status, "running", "what came is shown all the same");
  wire.clock = 20_000;
  news(3, 4);
  assert.deepEqual(wire.sent, [{ resync: 0 }, { resync: 0 }]);
  news(0, 5, job({ id: "2", status: "running" }));
  assert.equal(feed.seq, 5);
  wire.clock = 40_000;
  news(5, 6);
  assert.equal(wire.sent.length, 2);
});

test("only jobs that go on can be selected for cancelling, and an end takes them out", () => {
  const { feed, news } = wired();
  feed.check(["1", "2", "3"], true);
  assert.deepEqual([...feed.checked], ["1", "2"]);
  news(0, 1, job({ id: "2", status: "completed", final: true }));
  assert.deepEqual([...feed.checked], ["1"]);
});

test("what was cancelled is selected no more; what could not be stays, to be tried again", () => {
  const { feed, wire } = wired();
  feed.check(["1", "2"], true);
  feed.cancel();
  assert.deepEqual(wire.sent, [{ cancel: ["1", "2"] }]);
  assert.equal(feed.waits.has("cancel"), true);
  feed.receive({ kind: "problem", action: "cancel", text: "no connection", selected: null });
  assert.deepEqual([[...feed.checked], feed.said.text, feed.waits.size], [["1", "2"], "no connection", 0]);
  feed.cancel();
  assert.equal(feed.said.text, "");
  feed.receive({ kind: "done", action: "cancel", text: "2 cancelled", selected: null });
  assert.deepEqual([[...feed.checked], feed.said.text], [[], "2 cancelled"]);
});

test("a job is opened, and closed by asking again", () => {
  const { feed, wire } = wired();
  feed.select("1");
  feed.receive({ kind: "done", action: "select", text: "", selected: "1" });
  assert.equal(feed.selected, "1");
  feed.select("1");
  feed.select("2"); // the answer to the one before is still open
  assert.deepEqual(wire.sent, [{ select: "1" }, { select: null }, { select: "2" }]);
});

test("the trouble with opening one job is gone when another opens", () => {
  const { feed } = wired();
  feed.receive({ kind: "problem", action: "select", text: "no such job", selected: null });
  assert.equal(feed.said.text, "no such job");
  feed.receive({ kind: "done", action: "select", text: "", selected: "2" });
  assert.equal(feed.said.text, "");
});

test("without its kernel the table asks for nothing", () => {
  const { feed, wire } = wired();
  feed.lose();
  feed.select("1");
  assert.deepEqual(wire.sent, []);
  assert.deepEqual(wire.told, ["controls"]);
});

test("keys lead through jobs and columns, and not beyond", () => {
  const table = { last: 99, page: 10, columns: [0, 1, 2, 5] };
  const from = (index, column) => (key) => moved(key, { index, column }, table);
  assert.deepEqual(from(0, 1)("ArrowUp"), { index: -1, column: 1 }, "the head");
  assert.deepEqual(from(-1, 1)("ArrowUp"), { index: -1, column: 1 });
  assert.deepEqual(from(-1, 1)("ArrowDown"), { index: 0, column: 1 });
  assert.deepEqual(from(99, 1)("ArrowDown"), { index: 99, column: 1 });
  assert.deepEqual(from(5, 1)("PageUp"), { index: 0, column: 1 });
  assert.deepEqual(from(95, 1)("PageDown"), { index: 99, column: 1 });
  assert.deepEqual(from(50, 1)("Home"), { index: 0, column: 1 });
  assert.deepEqual(from(50, 1)("End"), { index: 99, column: 1 });
  assert.deepEqual(from(50, 2)("ArrowRight"), { index: 50, column: 5 }, "over the columns that are hidden");
  assert.deepEqual(from(50, 5)("ArrowRight"), { index: 50, column: 5 });
  assert.deepEqual(from(50, 0)("ArrowLeft"), { index: 50, column: 0 });
  assert.equal(from(50, 0)("x"), null);
  assert.deepEqual(moved("ArrowDown", { index: -1, column: 1 }, { ...table, last: -1 }), { index: -1, column: 1 });
});

test("a page says when it begins to show the table, and when its last view goes", () => {
  const { feed, wire } = wired();
  feed.views.clear();
  const [one, two] = [{ update() {}, controls() {} }, { update() {}, controls() {} }];
  feed.show(one);
  feed.show(two);
  feed.hide(one);
  assert.deepEqual(wire.sent, [{ shown: true, page: feed.page }]);
  feed.hide(two);
  feed.leave();
  feed.show(one);
  feed.leave();
  feed.hide(one);
  assert.deepEqual(wire.sent.map(({ shown }) => shown), [true, false, true, false]);
});
