import assert from "node:assert/strict";
import { test } from "node:test";

import { Search } from "../../../prominence_jupyter/panel/js/log/search.js";
import { generator } from "./random.mjs";

function searching(query, lines) {
  const search = new Search();
  search.set(query);
  search.update(lines, lines.length, 0);
  return search;
}

const places = (search) => search.matches.map(({ line, start, end }) => [line, start, end]);

test("it finds plain text, in any case unless it has capitals", () => {
  const lines = ["Error: a.b", "no error", "ERROR error"];
  assert.deepEqual(places(searching("error", lines)), [[0, 0, 5], [1, 3, 8], [2, 0, 5], [2, 6, 11]]);
  assert.deepEqual(places(searching("Error", lines)), [[0, 0, 5]]);
  assert.deepEqual(places(searching("a.b", lines)), [[0, 7, 10]]);
  assert.deepEqual(places(searching("É", ["é É"])), [[0, 2, 3]]);
  assert.deepEqual(places(searching("é", ["é É"])), [[0, 0, 1], [0, 2, 3]]);
  assert.deepEqual(places(searching("", lines)), []);
});

test("every character of a query stands for itself", () => {
  const odd = "\\^$.*+?()[]{}|/-&&--#~`\"'<b> \u{1f44d}é";
  assert.deepEqual(places(searching(odd, [`x${odd}y`])), [[0, 1, 1 + odd.length]]);
  for (const one of odd) assert.ok(searching(one, [one]).matches.length === 1, one);
});

test("next and previous go around, from what is in sight", () => {
  const search = searching("x", ["x", "", "x x", "x"]);
  assert.equal(search.place, 0);
  assert.equal(search.step(1, { line: 1, start: -1 }), search.matches[1]);
  assert.equal(search.place, 2);
  assert.deepEqual([1, 1, 1, -1, -1].map((by) => (search.step(by), search.place)), [3, 4, 1, 4, 3]);
  const other = searching("x", ["x", "", "x"]);
  other.step(-1, { line: 1, start: -1 });
  assert.equal(other.place, 1);
  assert.equal(searching("y", ["x"]).step(1, { line: 0, start: -1 }), null);
});

test("it stops at a hundred thousand matches, and goes on where some of them go", () => {
  const lines = Array.from({ length: 3000 }, () => "e".repeat(99));
  const search = searching("e", lines);
  assert.deepEqual([search.matches.length, search.isFull], [100_000, true]);
  search.shift(-1500);
  search.update(lines.slice(1500), 1500, 1500);
  assert.deepEqual([search.matches.length, search.isFull], [100_000, true]);
  search.shift(-1000);
  search.update(lines.slice(2500), 500, 500);
  assert.deepEqual([places(search), search.isFull], [places(searching("e", lines.slice(2500))), false]);
});

test("matches in a part of a line", () => {
  const search = searching("abc", ["abcabcabc", "abc"]);
  assert.deepEqual(search.within(0, 0, 3).map(({ start }) => start), [0]);
  assert.deepEqual(search.within(0, 2, 7).map(({ start }) => start), [0, 3, 6]);
  assert.deepEqual(search.within(1, 3, 9), []);
  assert.deepEqual(search.within(5, 0, 9), []);
});

test("lines that change or go give what a new search gives, and the current match stays", () => {
  const words = ["ab", "xab", "x", "", "abab"];
  for (let seed = 1; seed <= 300; seed += 1) {
    const random = generator(seed);
    const search = searching("ab", []);
    let lines = [];
    for (let i = 0; i < 20; i += 1) {
      const from = Math.max(0, lines.length - random(3));
      lines = [...lines.slice(0, from), ...Array.from({ length: 1 + random(4) }, () => words[random(words.length)])];
      search.update(lines, lines.length, from);
      const gone = random(Math.min(4, lines.length));
      lines = lines.slice(gone);
      search.shift(-gone);
      assert.deepEqual(places(search), places(searching("ab", lines)), `seed ${seed}`);
      assert.ok(search.current === null || search.matches.includes(search.current));
      if (random(3) === 0) search.step(1, { line: 0, start: -1 });
    }
    search.shift(null);
    assert.deepEqual([search.matches, search.current], [[], null]);
  }
});
