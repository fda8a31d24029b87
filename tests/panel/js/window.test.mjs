// The window on a log: always a true contiguous part of it; when it follows and all is answered, its end.

import assert from "node:assert/strict";
import { test } from "node:test";

import { textOf } from "../../../prominence_jupyter/panel/js/log/line.js";
import { LogText } from "../../../prominence_jupyter/panel/js/log/log_text.js";
import { ASK, LogWindow } from "../../../prominence_jupyter/panel/js/log/window.js";
import { generator } from "./random.mjs";

const KB = 1024;

/** Bytes that tell where they belong: numbered lines. */
function log(size) {
  let text = "";
  for (let i = 0; text.length < size; i += 1) text += `line ${i}\n`;
  return new TextEncoder().encode(text.slice(0, size));
}

const WHOLE = log(4 * 1024 * KB);
const content = ({ span }) => Buffer.concat(span.pieces);

function assertTrue(window, whole = WHOLE) {
  const { start, end } = window.span;
  assert.ok(content(window).equals(Buffer.from(whole.subarray(start, end))));
}

function push(window, start, end) {
  window.push(start, WHOLE.subarray(start, end));
}

function reply(window, asked) {
  window.answer(asked, asked[0], WHOLE.subarray(...asked));
}

test("what continues the log is appended, what is known is not taken twice", () => {
  const window = new LogWindow();
  push(window, 0, 10);
  push(window, 5, 20);
  push(window, 0, 10);
  assert.deepEqual([window.span.start, window.span.end], [0, 20]);
  assertTrue(window);
  assert.equal(window.wanted(null), null);
});

test("where bytes are missing it begins afresh behind them, and asks for what came before until it holds enough", () => {
  const window = new LogWindow();
  push(window, 0, 10);
  push(window, 500 * KB, 510 * KB);
  assert.deepEqual([window.span.start, window.span.end], [500 * KB, 510 * KB]);
  const asked = window.wanted(null);
  assert.deepEqual(asked, [500 * KB - ASK, 500 * KB]);
  reply(window, asked);
  assert.equal(window.span.start, 500 * KB - ASK);
  assertTrue(window);
  assert.equal(window.wanted(null), null);
  assert.deepEqual(window.wanted("top"), [0, 500 * KB - ASK]);
});

test("a log that has grown though nothing came is asked for", () => {
  const window = new LogWindow();
  push(window, 0, 10);
  window.grow(900 * KB);
  assert.deepEqual(window.wanted(null), [900 * KB - ASK, 900 * KB]);
  window.grow(11);
  reply(window, window.wanted(null));
  assert.deepEqual([window.span.start, window.span.end], [900 * KB - ASK, 900 * KB]);
});

test("it holds a megabyte at most, of its end while it follows", () => {
  const window = new LogWindow();
  for (let start = 0; start < WHOLE.length; start += 256 * KB) push(window, start, start + 256 * KB);
  assert.equal(window.span.end, WHOLE.length);
  assert.ok(window.span.length <= window.keep && window.span.length > window.keep - 64 * KB);
  assertTrue(window);
});

test("while it does not follow it stays, and takes what continues it while there is room", () => {
  const window = new LogWindow();
  push(window, 0, 900 * KB);
  window.unfollow();
  push(window, 900 * KB, 1000 * KB);
  push(window, 1000 * KB, 1200 * KB);
  push(window, 1300 * KB, 1400 * KB);
  assert.deepEqual([window.span.start, window.span.end, window.size], [0, 1000 * KB, 1400 * KB]);
  assert.equal(window.atEnd, false);
  assert.equal(window.wanted(null), null);
  assert.deepEqual(window.wanted("bottom"), [1000 * KB, 1000 * KB + ASK]);
  reply(window, window.wanted("bottom"));
  assert.equal(window.span.end, 1000 * KB + ASK);
  assert.ok(window.span.start > 0);
  assertTrue(window);
});

test("going back drops the other end", () => {
  const window = new LogWindow();
  push(window, 2000 * KB, 3000 * KB);
  window.unfollow();
  for (let i = 0; i < 8; i += 1) reply(window, window.wanted("top"));
  assert.equal(window.span.start, 0);
  assert.ok(window.span.length <= window.keep);
  assert.equal(window.wanted("top"), null);
  assertTrue(window);
});

test("to follow again it needs no answer where the newest bytes are known", () => {
  const window = new LogWindow();
  push(window, 0, 1000 * KB);
  window.unfollow();
  const newest = new LogWindow(ASK);
  push(newest, 3000 * KB, 3200 * KB);
  window.grow(3200 * KB);
  window.follow(newest.span);
  assert.deepEqual([window.span.start, window.span.end], [3000 * KB, 3200 * KB]);
});

test("what cannot be had is not asked for for ever", () => {
  const window = new LogWindow();
  push(window, 1000, 1010);
  window.answer([0, 1000], 1000, new Uint8Array());
  assert.equal(window.wanted("top"), null);
  window.grow(2000);
  window.answer(window.wanted(null), 1010, new Uint8Array());
  assert.equal(window.wanted(null), null);
  window.grow(2001);
  assert.notEqual(window.wanted(null), null);
});

/** What a person and a network may do, in any order; answers may be late, and pushes may be lost. */
class World {
  constructor(random) {
    this.random = random;
    this.window = new LogWindow();
    this.text = new LogText(this.window);
    this.size = 0;
    this.due = [];
  }

  step() {
    const names = ["push", "push", "push", "ask", "ask", "answer", "answer", "turn", "read"];
    this[names[this.random(names.length)]]();
  }

  push(lost = this.random(4) === 0) {
    const start = this.size;
    this.size = Math.min(WHOLE.length, start + this.random(300 * KB));
    if (!lost) push(this.window, start, this.size);
  }

  ask(edge = ["top", "bottom", null][this.random(3)]) {
    const asked = this.window.wanted(edge);
    if (asked) this.due.push(asked);
  }

  answer() {
    const [asked] = this.due.splice(this.random(this.due.length), 1);
    if (asked) this.window.answer(asked, asked[0], WHOLE.subarray(asked[0], Math.min(asked[1], this.size)));
  }

  turn() {
    if (this.window.following) this.window.unfollow();
    else this.window.follow(new LogWindow().span);
  }

  read() {
    this.text.sync();
  }
}

test("any order of pushes, losses, answers and whims shows a true part, and the end in the end", () => {
  for (let seed = 1; seed <= 30; seed += 1) {
    const world = new World(generator(seed));
    const { window, text } = world;
    for (let i = 0; i < 60; i += 1) {
      world.step();
      assert.ok(window.span.length <= window.keep);
    }
    assertTrue(window);
    window.following = true;
    world.push(false);
    window.grow(world.size);
    while (window.wanted(null)) {
      world.due = [];
      world.ask(null);
      world.answer();
    }
    assert.equal(window.span.end, world.size, `seed ${seed}`);
    text.sync();
    assertLines(text, world.size);
  }
});

/** The lines are those of the log, up to its end. */
function assertLines(text, size) {
  const shown = text.lines.slice(0, text.count).map(textOf).join("\n");
  const end = Buffer.from(WHOLE.subarray(0, size)).toString().replace(/\n$/, "");
  assert.ok(end.endsWith(shown), `ends with ${JSON.stringify(shown.slice(-40))} of ${JSON.stringify(end.slice(-40))}`);
}

test("lines keep their place when others come before them or go", () => {
  for (let seed = 1; seed <= 20; seed += 1) {
    const random = generator(seed);
    const window = new LogWindow();
    const text = new LogText(window);
    const start = KB * (1500 + random(300)) + random(20);
    push(window, start, start + KB * 200);
    text.sync();
    window.unfollow();
    let anchor = random(text.count - 2) + 1;
    const words = textOf(text.lines[anchor]);
    for (let i = 0; i < 6; i += 1) {
      const edge = i < 3 ? "top" : "bottom";
      window.grow(WHOLE.length);
      reply(window, window.wanted(edge));
      const { shift } = text.sync();
      if (shift === null || anchor + shift < 0 || anchor + shift >= text.count) break;
      anchor += shift;
      assert.equal(textOf(text.lines[anchor]), words, `seed ${seed}, answer ${i}`);
    }
  }
});

test("a line that never ends does not grow for ever", () => {
  const window = new LogWindow();
  const text = new LogText(window);
  const piece = new TextEncoder().encode("x".repeat(256 * KB));
  for (let i = 0; i < 40; i += 1) {
    window.push(i * piece.length, piece);
    text.sync();
    assert.ok(textOf(text.lines[0]).length <= 2 * window.keep + 2 * piece.length);
  }
});

test("characters and escapes may be cut between pieces; what is cut at the start of the window is left out", () => {
  const bytes = new TextEncoder().encode("né\n\x1b[31mréd\n");
  const window = new LogWindow();
  const text = new LogText(window);
  for (let i = 0; i < bytes.length; i += 1) {
    window.push(i, bytes.subarray(i, i + 1));
    text.sync();
  }
  assert.deepEqual(text.lines.slice(0, text.count).map(textOf), ["né", "réd"]);
  const later = new LogWindow();
  later.push(2, bytes.subarray(2));
  const cut = new LogText(later);
  cut.sync();
  assert.deepEqual(cut.lines.slice(0, cut.count).map(textOf), ["réd"]);
});

test("when the log begins afresh nothing of the old one is left", () => {
  const window = new LogWindow();
  const text = new LogText(window);
  push(window, 0, 1000);
  text.sync();
  window.begin();
  window.push(0, new TextEncoder().encode("new\n"));
  text.sync();
  assert.deepEqual(text.lines.map(textOf), ["new", ""]);
});
