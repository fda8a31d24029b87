// The console against the cases that it shares with Python, and against a real terminal emulator.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { Console } from "../../../prominence_jupyter/panel/js/log/console.js";
import { runsOf, textOf, widthOf } from "../../../prominence_jupyter/panel/js/log/line.js";
import { generator } from "./random.mjs";
import { missing, Terminal } from "./terminal.mjs";

const CASES = JSON.parse(readFileSync(new URL("../console_cases.json", import.meta.url), "utf8"));

function written(...pieces) {
  const console = new Console();
  for (const piece of pieces) console.write(piece);
  return console;
}

/** Lines as in console_cases.json; the last one only where something stands in it. */
function linesOf(console) {
  const lines = console.lines.map((line) => runsOf(line).map(([text, style]) => ({ text, style: style ?? {} })));
  return lines.at(-1).length > 0 ? lines : lines.slice(0, -1);
}

/** Lines without the plain blanks at their ends: a terminal cannot tell those from nothing. */
function trimmed(lines) {
  const kept = lines.map((runs) => {
    const last = runs.at(-1);
    if (!last || Object.keys(last.style).length > 0) return runs;
    const text = last.text.trimEnd();
    return text ? [...runs.slice(0, -1), { text, style: last.style }] : runs.slice(0, -1);
  });
  while (kept.length > 0 && kept.at(-1).length === 0) kept.pop();
  return kept;
}

for (const { name, input, lines } of CASES) {
  test(`case: ${name}`, () => {
    assert.deepEqual(linesOf(written(input)), lines);
    assert.deepEqual(linesOf(written(...input)), lines, "character by character");
  });
}

test("recorded bars look as in a terminal", { skip: missing }, async () => {
  const recorded = CASES.filter(({ name }) => name.endsWith("as recorded"));
  assert.equal(recorded.length, 2);
  const terminal = new Terminal();
  for (const { input, lines } of recorded) assert.deepEqual(trimmed(lines), trimmed(await terminal.show(input)));
});

const WORDS = ["x", "ab ", "hello", "漢", "字x", "e\u0301", "│─", "  ", "한글", "é"];
const STYLES = ["", "0", "1", "2;3", "4", "7", "22", "23;24", "27", "31", "42", "95", "103", "39", "49", "38;5;200", "48;5;7", "38;2;1;2;3", "48:2::9:8:7", "21"];

/** A random step that a terminal of fifty rows takes as one without end does. */
function step(random, console) {
  const count = random(6);
  const below = console.lines.length - 1 - console.line;
  const steps = [
    ...Array.from({ length: 6 }, () => WORDS[random(WORDS.length)]),
    ...["\r", "\b", "\t", console.lines.length < 45 || below > 0 ? "\n" : "\r"],
    ...[`\x1b[${STYLES[random(STYLES.length)]}m`, `\x1b[${STYLES[random(STYLES.length)]};${STYLES[random(STYLES.length)]}m`],
    ...["\x1b[K", "\x1b[1K", "\x1b[2K", `\x1b[${count}A`, `\x1b[${count}C`, `\x1b[${count}D`, `\x1b[${random(30)}G`],
    ...(below >= Math.max(1, count) ? [`\x1b[${count}B`, `\x1b[${count}E`] : [`\x1b[${count}F`, "\x1b[J"]),
  ];
  return steps[random(steps.length)];
}

test("random output looks as in a terminal, however it is cut into pieces", { skip: missing }, async () => {
  const terminal = new Terminal();
  for (let seed = 1; seed <= 1000; seed += 1) {
    const random = generator(seed);
    const console = new Console();
    let input = "";
    for (let i = 0; i < 40; i += 1) {
      const piece = step(random, console);
      console.write(piece);
      if (random(8) === 0) console.lines.map(textOf); // reading changes nothing
      input += piece;
    }
    const shown = trimmed(linesOf(console));
    assert.deepEqual(shown, trimmed(await terminal.show(input)), `seed ${seed}: ${JSON.stringify(input)}`);
    assert.deepEqual(trimmed(linesOf(written(input))), shown, `seed ${seed} in one piece: ${JSON.stringify(input)}`);
  }
});

test("it says from which line on something changed", () => {
  const console = written("a\nb\nc\n");
  assert.equal(console.takeChanged(), 0);
  console.write("d\n");
  assert.equal(console.takeChanged(), 3);
  console.write("\x1b[2Ax\x1b[2B");
  assert.equal(console.takeChanged(), 2);
  console.write("");
  assert.equal(console.takeChanged(), 4);
});

test("first lines can be dropped; the cursor does not go above those that are left", () => {
  const console = written("a\nb\nc\nd");
  console.drop(2);
  console.write("\x1b[9A\rX\n\n");
  assert.deepEqual(console.lines.map(textOf), ["X", "d", ""]);
  console.drop(99);
  assert.deepEqual(console.lines.map(textOf), [""]);
});

test("hostile output costs little", () => {
  const repeated = (start, text) => start + text.repeat(200_000 / text.length);
  const line = "x".repeat(200_000);
  const hostile = [
    repeated("", "\x1b[999999999A\x1b[999999999B"),
    repeated(line, "\bx"),
    repeated(line, "\x1b[1K"),
    repeated(line, "\b\x1b[Kx"),
    repeated(line, "\x1b[100Dy\x1b[2K\r"),
    repeated(line + "\n", "\x1b[A\x1b[9Cx\n"),
    repeated("x", "\u0301"),
    repeated("\x1b[", "31;"),
    repeated("\x1b]0;", "title"),
  ];
  for (const input of hostile) {
    const console = new Console();
    for (let i = 0; i < input.length; i += 1000) console.write(input.slice(i, i + 1000));
    console.write("\x1b[999999999C\x1b[999999999@.\n"); // a thousand columns at most
    assert.ok(console.lines.reduce((sum, one) => sum + textOf(one).length, 0) <= input.length + 2000);
    assert.ok(Math.max(...console.lines.map(widthOf)) <= 200_001 + 1000);
  }
});
