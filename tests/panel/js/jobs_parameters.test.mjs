// The table of a workflow: parameters as columns, jobs whose turn has not come, what goes where there is little room.

import assert from "node:assert/strict";
import { test } from "node:test";

import { columnsFor, fitting, template } from "../../../prominence_jupyter/panel/js/jobs/columns.js";
import { JobRows } from "../../../prominence_jupyter/panel/js/jobs/job_rows.js";
import { Listing } from "../../../prominence_jupyter/panel/js/jobs/listing.js";
import { TableFeed } from "../../../prominence_jupyter/panel/js/jobs/table_feed.js";
import { COLUMNS, job, state, values } from "./jobs_rows.mjs";

const node = (name, parameters, known) => job({ id: `node ${name}`, name, parameters, ...known });
const names = (columns) => columns.map(({ name }) => name);

function listingOf(parameters, jobs, column) {
  const rows = new JobRows();
  rows.parameters = parameters;
  rows.take(COLUMNS, jobs.map(values));
  return new Listing(rows, column);
}

test("parameters stand after the name, six of them; of the others the tooltip of the name knows", () => {
  const columns = columnsFor([..."abcdefgh"]);
  assert.deepEqual(columns.slice(2, 10).map(({ title }) => title), ["name", ..."abcdef", "queued"]);
  const row = node("p/1", [..."12345678"]);
  assert.deepEqual(columns.slice(3, 9).map(({ text }) => text(row)), [..."123456"]);
  assert.equal(columns[2].hint(row), "p/1\ng = 7\nh = 8");
  assert.deepEqual(names(columnsFor([])), ["status", "id", "name", "queued", "ran", "detail", "site"]);
});

test("values are sorted as numbers where they are numbers, then as text; what has none comes last", () => {
  const jobs = ["10", "9", "-1.5", "1e-05", "", "B", "a", "1_0", "2."].map((value, i) => node(`p/${i}`, [value]));
  const listing = listingOf(["n"], jobs);
  const shown = () => listing.shown.map(({ parameters }) => parameters[0]);
  listing.sortBy("parameter-0");
  assert.deepEqual(shown(), ["-1.5", "1e-05", "2.", "9", "10", "1_0", "a", "B", ""]);
  listing.sortBy("parameter-0");
  assert.deepEqual(shown(), ["B", "a", "1_0", "10", "9", "2.", "1e-05", "-1.5", ""]);
});

test("a search looks at all values, and at a value with its name", () => {
  const listing = listingOf([..."abcdefgh"], [node("p/0", [..."00000001"]), node("p/1", [..."10000000"])]);
  const found = (text) => {
    listing.search(text);
    return listing.shown.map(({ name }) => name);
  };
  assert.deepEqual(found("h=1"), ["p/0"]);
  assert.deepEqual(found("a=1 b=0"), ["p/1"]);
  assert.deepEqual(found("1"), ["p/0", "p/1"]);
});

test("first what failed, then in the order of the workflow", () => {
  const tones = ["good", "waiting", "bad", "good", "bad"];
  const jobs = tones.map((tone, i) => node(`p/${9 - i}`, [], { tone, group: tone }));
  assert.deepEqual(listingOf([], jobs, "status").shown.map(({ name }) => name), ["p/7", "p/5", "p/8", "p/9", "p/6"]);
});

test("a job whose turn has not come cannot be cancelled", () => {
  const feed = new TableFeed(() => {}, ["cancel"]);
  feed.load(state([node("p/0", [], { job: "" }), node("p/1", [], { job: "7" })], { worst_first: true, parameters: ["n"] }));
  feed.check(["node p/0", "node p/1"], true);
  assert.deepEqual([...feed.checked], ["node p/1"]);
  assert.deepEqual([feed.worstFirst, feed.rows.parameters], [true, ["n"]]);
  feed.receive({ kind: "rows", after: 0, seq: 1, rows: [values(node("p/1", [], { job: "7", final: true }))], stale: "" });
  assert.deepEqual([...feed.checked], []);
});

test("where there is less room, fewer columns; status and name stay", () => {
  const plain = columnsFor([]);
  const swept = columnsFor(["n", "seed"]);
  assert.deepEqual(names(fitting(plain, 1000)), names(plain));
  assert.deepEqual(names(fitting(plain, 558)), ["status", "id", "name", "ran"]);
  assert.deepEqual(names(fitting(plain, 0)), ["status", "id", "name"]);
  assert.deepEqual(names(fitting(swept, 1000)), names(swept));
  assert.deepEqual(names(fitting(swept, 500)), ["status", "id", "name", "parameter-0", "parameter-1"]);
  assert.deepEqual(names(fitting(swept, 320)), ["status", "name", "parameter-0"]);
  assert.deepEqual(names(fitting(swept, 0)), ["status", "name"]);
  const { tracks, hidden } = template(plain, 298);
  assert.equal(tracks, "32px minmax(110px, 140px) calc(var(--p-id) + 24px) minmax(60px, 4fr)");
  assert.equal(hidden, "queued ran detail site");
});

test("what the parameters are called may come later, and is found in what was there", () => {
  const feed = new TableFeed(() => {});
  feed.load(state([node("p/0", ["7"], {})]));
  const told = [];
  feed.views.add({ update: () => told.push("update"), rebuild: () => told.push("rebuild") });
  const news = { kind: "rows", after: 0, seq: 1, rows: [values(node("p/1", ["8"], {}))], stale: "", parameters: ["n"] };
  feed.receive(news);
  feed.receive({ ...news, after: 1, seq: 2 });
  assert.deepEqual(told, ["rebuild", "update"]);
  const listing = new Listing(feed.rows);
  listing.search("n=7");
  assert.deepEqual(listing.shown.map(({ name }) => name), ["p/0"]);
});
