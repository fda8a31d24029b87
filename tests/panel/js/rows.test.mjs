// Lines as rows: the same whether laid out at once or piece by piece.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Line, textOf } from "../../../prominence_jupyter/panel/js/log/line.js";
import { Rows } from "../../../prominence_jupyter/panel/js/log/rows.js";
import { generator } from "./random.mjs";

function laidOut(lines, columns, wrap = true) {
  const rows = new Rows();
  Object.assign(rows, { columns, wrap });
  rows.update(lines, lines.length, 0);
  return rows;
}

const texts = (rows, lines) =>
  Array.from({ length: rows.count }, (_, row) => {
    const { line, start, end } = rows.at(row, lines);
    return textOf(lines[line]).slice(start, end);
  });

function wide(text) {
  const line = new Line();
  if (text) line.write(0, text, null);
  return line;
}

test("a line takes as many rows as it needs, an empty one takes one", () => {
  const lines = ["", "abc", "abcdef", "abcd"];
  const rows = laidOut(lines, 3);
  assert.deepEqual(texts(rows, lines), ["", "abc", "abc", "def", "abc", "d"]);
  assert.deepEqual([0, 3, 5].map((index) => rows.rowOf(2, index)), [2, 3, 3]);
  assert.equal(rows.rowOf(9, 0), 5);
});

test("wide characters are not cut in two, marks stay with theirs", () => {
  const lines = [wide("a漢字b"), "x", wide("e\u0301e\u0301e\u0301")];
  const rows = laidOut(lines, 2);
  assert.deepEqual(texts(rows, lines), ["a", "漢", "字", "b", "x", "e\u0301e\u0301", "e\u0301"]);
  assert.deepEqual([0, 1, 2, 3].map((index) => rows.rowOf(0, index)), [0, 1, 2, 3]);
});

test("without wrapping a row shows ten thousand characters and says how many more there are", () => {
  const lines = ["x".repeat(1_000_000), "y"];
  const rows = laidOut(lines, 80, false);
  assert.deepEqual(rows.at(0, lines), { line: 0, start: 0, end: 10_000, more: 990_000 });
  assert.deepEqual(rows.at(1, lines), { line: 1, start: 0, end: 1, more: 0 });
  assert.equal(rows.rowOf(0, 500_000), 0);
  assert.deepEqual([rows.count, rows.widest], [2, 10_000]);
});

test("a row that is cut is not cut within a character", () => {
  const lines = [wide("x" + "\u{1f44d}".repeat(6000))];
  const { end, more } = laidOut(lines, 80, false).at(0, lines);
  assert.deepEqual([end, more], [9999, 2002]);
});

test("an empty log has no rows", () => {
  assert.equal(new Rows().count, 0);
});

test("changes at the end and drops at the start give what a new layout gives", () => {
  const words = ["", "abc", "a".repeat(17), "漢字かな交じり", "e\u0301".repeat(9), "x\u{1f44d}y"];
  for (let seed = 1; seed <= 200; seed += 1) {
    const random = generator(seed);
    const some = () => wide(words[random(words.length)]);
    const rows = new Rows();
    rows.columns = 2 + random(9);
    let lines = [];
    for (let i = 0; i < 20; i += 1) {
      const from = Math.max(0, lines.length - random(3));
      lines = [...lines.slice(0, from), ...Array.from({ length: 1 + random(4) }, some)];
      rows.update(lines, lines.length, from);
      const gone = random(Math.min(4, lines.length));
      lines = lines.slice(gone);
      rows.drop(gone);
      assert.deepEqual(texts(rows, lines), texts(laidOut(lines, rows.columns), lines), `seed ${seed}`);
    }
    assert.ok(rows.breaks.size <= lines.length);
  }
});

test("a line whose characters outnumber its cells is whole", () => {
  for (const text of ["e\u0301".repeat(60) + "END", "\u{1d400}".repeat(60), "a\u0301".repeat(200)]) {
    const rows = new Rows();
    rows.columns = 68;
    const lines = [wide(text)];
    rows.update(lines, 1, 0);
    assert.equal(texts(rows, lines).join(""), text);
  }
});
