// The jobs of a table, and what one view shows of them, beside a model that is too simple to be wrong.

import assert from "node:assert/strict";
import { test } from "node:test";

import { JobRows, queuedFor, ranFor } from "../../../prominence_jupyter/panel/js/jobs/job_rows.js";
import { Listing } from "../../../prominence_jupyter/panel/js/jobs/listing.js";
import { COLUMNS, job, values } from "./jobs_rows.mjs";

const TONES = { failed: "bad", running: "running", idle: "waiting", completed: "good" };

function randomly(seed) {
  let state = seed;
  return (n) => (state = (state * 1103515245 + 12345) % 2147483648) % n;
}

function randomJob(random) {
  const group = Object.keys(TONES)[random(4)];
  return job({
    id: String(random(60)),
    name: random(3) ? `job ${"abc"[random(3)]}${random(9)}` : "",
    group,
    status: group,
    tone: TONES[group],
    reason: group === "failed" ? "No matching resources" : "",
    site: ["", "Site-A", "Site-B"][random(3)],
    exit_codes: group === "completed" ? String(random(3)) : "",
  });
}

test("any updates, sorts, filters and searches give what a plain list gives", () => {
  const random = randomly(7);
  const rows = new JobRows();
  const listing = new Listing(rows);
  const model = new Map();
  for (let round = 0; round < 400; round += 1) {
    const news = Array.from({ length: random(12) }, () => randomJob(random));
    for (const row of news) model.set(row.id, row);
    assert.deepEqual(rows.take(COLUMNS, news.map(values)), new Set(news.map(({ id }) => id)));
    listing.renew();
    if (random(3) === 0) listing.sortBy(["id", "name", "site", "status", "detail"][random(5)]);
    if (random(3) === 0) listing.toggleGroup(Object.keys(TONES)[random(4)]);
    if (random(3) === 0) listing.search(["", "A", "site-b job", "matching", "1"][random(5)]);
    check(rows, listing, [...model.values()]);
  }
});

function check(rows, listing, all) {
  const shown = all.filter(
    (row) =>
      (listing.groups.size === 0 || listing.groups.has(row.group)) &&
      listing.query.split(" ").every((word) => {
        const fields = [row.id, row.name, row.status, row.reason, row.site];
        return fields.some((field) => field.toLowerCase().includes(word.toLowerCase()));
      }),
  );
  assert.deepEqual(listing.shown.map(({ id }) => id).sort(), shown.map(({ id }) => id).sort());
  listing.shown.forEach(({ id }, i) => assert.equal(listing.indexOf(id), i));
  for (const group of Object.keys(TONES)) {
    assert.equal(rows.groups.get(group)?.count ?? 0, all.filter((row) => row.group === group).length);
  }
  const { column, descending } = listing.sort;
  const keys = listing.shown.map((row) => (column === "id" ? Number(row.id) : column === "status" ? row.tone : row[column]));
  const present = keys.filter((key) => key !== "");
  assert.deepEqual(keys.slice(0, present.length), present, "what is empty comes last");
  if (column === "status") return;
  const sorted = [...present].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  assert.deepEqual(present, descending ? sorted.reverse() : sorted);
}

function shownIds(jobs, change) {
  const rows = new JobRows();
  rows.take(COLUMNS, jobs.map(values));
  const listing = new Listing(rows);
  change(listing);
  return listing.shown.map(({ id }) => id);
}

test("ids are sorted as numbers where they are numbers", () => {
  const jobs = ["100", "9", "x1", "20"].map((id) => job({ id }));
  assert.deepEqual(shownIds(jobs, () => {}), ["9", "20", "100", "x1"]);
  assert.deepEqual(shownIds(jobs, (listing) => listing.sortBy("id")), ["x1", "100", "20", "9"]);
});

test("by status comes first what needs a look", () => {
  const jobs = ["good", "waiting", "bad", "neutral", "running"].map((tone, i) => job({ id: String(i), tone, group: tone }));
  assert.deepEqual(shownIds(jobs, (listing) => listing.sortBy("status")), ["2", "4", "1", "0", "3"]);
});

test("by time, what has no time comes last in both directions", () => {
  const ran = (id, seconds) => job({ id, tone: "good", started: 100, ended: seconds === null ? null : 100 + seconds, final: true });
  const jobs = [ran("1", 50), ran("2", null), ran("3", 7)];
  assert.deepEqual(shownIds(jobs, (listing) => listing.sortBy("ran")), ["3", "1", "2"]);
  const twice = (listing) => [0, 1].forEach(() => listing.sortBy("ran"));
  assert.deepEqual(shownIds(jobs, twice), ["1", "3", "2"]);
});

test("filter and search are cleared together", () => {
  const jobs = [job({ id: "1", group: "idle" }), job({ id: "2", group: "running" })];
  const narrow = (listing) => {
    listing.toggleGroup("idle");
    listing.search("2");
  };
  assert.deepEqual(shownIds(jobs, narrow), []);
  assert.deepEqual(shownIds(jobs, (listing) => [narrow(listing), listing.clear()]), ["1", "2"]);
});

test("times count on while they go on, and stay when they have ended", () => {
  const waits = job({ tone: "waiting", created: 100 });
  assert.deepEqual([queuedFor(waits, 160), ranFor(waits, 160)], [60, null]);
  const runs = job({ tone: "running", created: 100, started: 130 });
  assert.deepEqual([queuedFor(runs, 160), ranFor(runs, 160)], [30, 30]);
  const ended = job({ tone: "good", created: 100, started: 130, ended: 140, final: true });
  assert.deepEqual([queuedFor(ended, 160), ranFor(ended, 160)], [30, 10]);
  const neverRan = job({ tone: "bad", created: 100, ended: 140, final: true });
  assert.deepEqual([queuedFor(neverRan, 160), ranFor(neverRan, 160)], [40, null]);
  const again = job({ tone: "waiting", created: 100, started: 130, ended: 140 }); // failed for now
  assert.deepEqual([queuedFor(again, 160), ranFor(again, 160)], [60, null]);
  const unknown = job({ tone: "good", started: 130, final: true });
  assert.deepEqual([queuedFor(unknown, 160), ranFor(unknown, 160)], [null, null]);
});
