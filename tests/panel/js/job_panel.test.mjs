// Pure parts of the panel's JavaScript, run by `node --test`; test_job_panel_js.py does that.

import assert from "node:assert/strict";
import { test } from "node:test";

import { byteCount, clock, duration } from "../../../prominence_jupyter/panel/js/common/words.js";
import { Feed } from "../../../prominence_jupyter/panel/js/job/feed.js";
import { bytesOf, lineStart } from "../../../prominence_jupyter/panel/js/log/bytes.js";
import { OutputStore } from "../../../prominence_jupyter/panel/js/log/output_store.js";

const bytes = (text) => new TextEncoder().encode(text);
const content = (store) => store.spans.map((span) => [span.start, Buffer.concat(span.pieces).toString()]);

test("output that continues is appended", () => {
  const store = new OutputStore();
  assert.equal(store.add(0, bytes("abc")), "end");
  assert.equal(store.add(3, bytes("def")), "end");
  assert.deepEqual(content(store), [[0, "abcdef"]]);
});

test("what is known already is not taken twice", () => {
  const store = new OutputStore();
  store.add(0, bytes("abcdef"));
  assert.equal(store.add(2, bytes("cd")), "nothing");
  assert.equal(store.add(4, bytes("efgh")), "end");
  assert.deepEqual(content(store), [[0, "abcdefgh"]]);
});

test("a gap is kept as a gap until it is filled, from either side", () => {
  const store = new OutputStore();
  store.add(0, bytes("ab"));
  assert.equal(store.add(6, bytes("gh")), "inside");
  assert.equal(store.add(8, bytes("ij")), "end");
  assert.deepEqual(store.gaps(), [[2, 6]]);
  assert.equal(store.add(2, bytes("cd")), "inside");
  assert.deepEqual(store.gaps(), [[4, 6]]);
  assert.equal(store.add(0, bytes("abcdefghijkl")), "inside");
  assert.deepEqual(content(store), [[0, "abcdefghijkl"]]);
});

test("the oldest output is dropped beyond the limit, and not taken again", () => {
  const store = new OutputStore(4);
  store.add(0, bytes("abc"));
  store.add(3, bytes("def"));
  assert.deepEqual(content(store), [[2, "cdef"]]);
  assert.equal(store.add(0, bytes("abcd")), "nothing");
});

test("any order of any pieces gives the output", () => {
  let seed = 7;
  const random = (n) => (seed = (seed * 1103515245 + 12345) % 2147483648) % n;
  const whole = "0123456789abcdefghijklmnopqrstuvwxyz";
  for (let round = 0; round < 200; round += 1) {
    const store = new OutputStore();
    for (let i = 0; i < 10; i += 1) {
      const from = random(whole.length);
      store.add(from, bytes(whole.slice(from, from + random(9))));
    }
    for (const [start, text] of content(store)) assert.equal(text, whole.slice(start, start + text.length));
    store.add(0, bytes(whole));
    assert.deepEqual(content(store), [[0, whole]]);
  }
});

test("a line starts after a newline, a character after its continuation bytes", () => {
  assert.equal(lineStart(bytes("rest\nline")), 5);
  assert.equal(lineStart(bytes("é").subarray(1)), 1);
  assert.equal(lineStart(bytes("x")), 0);
  assert.equal(lineStart(bytes("all there is\n")), 0);
});

test("durations", () => {
  assert.deepEqual([0, 59.9, 61, 3600, 90061, -3].map(duration), ["0 s", "59 s", "1 min 01 s", "1 h 00 min", "25 h 01 min", "0 s"]);
});

test("the clock", () => {
  const job = { created: 100, started: null, ended: null, tone: "waiting", final: false };
  assert.equal(clock(job, 108), "queued for 8 s");
  assert.equal(clock({ ...job, started: 110, tone: "running" }, 115), "running for 5 s");
  assert.equal(clock({ ...job, started: 110, ended: 141, tone: "good", final: true }, 999), "ran for 31 s");
  assert.equal(clock({ ...job, ended: 141, tone: "bad", final: true }, 999), "queued for 41 s");
  assert.equal(clock({ ...job, started: 110, tone: "bad", final: true }, 999), "");
  assert.equal(clock({ ...job, created: null }, 999), "");
});

test("sizes and buffers", () => {
  assert.deepEqual([1, 1023, 2048, 3 * 1024 * 1024].map(byteCount), ["1 byte", "1023 bytes", "2 KB", "3.0 MB"]);
  const buffer = bytes("xabcx").buffer;
  assert.equal(Buffer.from(bytesOf(new DataView(buffer, 1, 3))).toString(), "abc");
  assert.equal(bytesOf(undefined).length, 0);
});

const output = (offset, text, run = 0) => [{ kind: "output", run, offset }, [bytes(text)]];

test("a gap is asked for once, and the answer fills it", () => {
  const asked = [];
  const feed = new Feed((message) => asked.push(message));
  feed.load({ run: 0, notice: "", offset: 0, data: bytes("ab") });
  feed.receive(...output(4, "ef"));
  feed.receive(...output(6, "gh"));
  assert.deepEqual(asked, [{ ask: 2, run: 0 }]);
  feed.receive({ kind: "answer", run: 0, offset: 2 }, [bytes("cdefgh")]);
  feed.receive(...output(8, "ij"));
  assert.deepEqual(content(feed.store), [[0, "abcdefghij"]]);
  assert.equal(asked.length, 1);
});

test("what cannot be sent again is not asked for for ever", () => {
  const asked = [];
  const feed = new Feed((message) => asked.push(message));
  feed.receive(...output(4, "ef"));
  feed.receive({ kind: "answer", run: 0, offset: 5 }, [bytes("f")]);
  feed.receive(...output(6, "gh"));
  assert.equal(asked.length, 1);
  assert.deepEqual(content(feed.store), [[0, ""], [4, "efgh"]]);
});

test("a page that is loaded again shows the end and asks for what came before", () => {
  const asked = [];
  const feed = new Feed((message) => asked.push(message));
  feed.load({ run: 3, notice: "again", offset: 4, data: bytes("ef") });
  assert.deepEqual(asked, [{ ask: 0, run: 3 }]);
  feed.receive({ kind: "answer", run: 3, offset: 0 }, [bytes("abcdef")]);
  assert.deepEqual(content(feed.store), [[0, "abcdef"]]);
  assert.equal(feed.notice, "again");
});

test("output that starts afresh clears the old one; late messages of the old one are not taken", () => {
  const feed = new Feed(() => {});
  feed.receive(...output(0, "old"));
  feed.receive({ kind: "restart", run: 1, notice: "evicted" }, []);
  feed.receive(...output(3, "late", 0));
  feed.receive(...output(0, "new", 1));
  assert.deepEqual(content(feed.store), [[0, "new"]]);
  assert.equal(feed.notice, "evicted");
  feed.receive(...output(0, "third", 2)); // its restart message was lost
  assert.deepEqual(content(feed.store), [[0, "third"]]);
});
