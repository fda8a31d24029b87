import assert from "node:assert/strict";
import { test } from "node:test";

import { Feed } from "../../../prominence_jupyter/panel/js/job/feed.js";
import { bytesOf, lineStart } from "../../../prominence_jupyter/panel/js/log/bytes.js";

const bytes = (text) => new TextEncoder().encode(text);
const content = ({ span }) => [span.start, Buffer.concat(span.pieces).toString()];

function made(now = () => 0) {
  const sent = [];
  const feed = new Feed((message) => sent.push(message), now);
  const receive = (kind, start, text, more = {}) => {
    const about = { kind, stream: "stdout", run: 0, start, size: start + text.length, lines: 0, notice: "" };
    feed.receive({ ...about, ...more }, [new DataView(bytes(text).buffer)]);
  };
  return { feed, sent, receive };
}

test("a window has what travelled with the model and what came since", () => {
  const { feed, receive } = made();
  feed.load({ stdout: { run: 0, start: 4, size: 6, lines: 1, notice: "", data: bytes("ef") } });
  const window = feed.open("stdout");
  receive("output", 6, "gh", { lines: 2 });
  receive("output", 0, "other", { stream: "stderr" });
  assert.deepEqual(content(window), [4, "efgh"]);
  assert.deepEqual(content(feed.open("stdout")), [4, "efgh"]);
  assert.deepEqual([feed.logs.stdout.size, feed.logs.stdout.lines, feed.logs.stdout.lineCount], [8, 2, 3]);
  feed.close("stdout", window);
  receive("output", 8, "i\n", { lines: 3 });
  assert.equal(feed.logs.stdout.lineCount, 3);
  assert.deepEqual(content(window), [4, "efgh"]);
});

test("only one question at a time waits for its answer, which all windows take", () => {
  const { feed, sent, receive } = made();
  const [one, other] = [feed.open("stdout"), feed.open("stdout")];
  receive("output", 6, "gh");
  feed.ask("stdout", one.wanted(null));
  feed.ask("stdout", other.wanted(null));
  assert.deepEqual(sent, [{ ask: [0, 6], stream: "stdout", run: 0 }]);
  receive("answer", 0, "abcdef", { size: 8 });
  assert.deepEqual([content(one), content(other)], [[0, "abcdefgh"], [0, "abcdefgh"]]);
  assert.equal(feed.logs.stdout.asked, null);
});

test("an answer moves no window but the one that asked for it", () => {
  const { feed, sent } = made();
  const size = 4 << 20;
  const windows = ["top", "bottom"].map((edge) => [edge, feed.open("stdout")]);
  feed.load({ stdout: { run: 0, start: size / 2, size, lines: 0, notice: "", data: new Uint8Array(1 << 20) } });
  for (const [, window] of windows) window.unfollow(); // each is full
  for (const [edge, asker] of windows) {
    const [, other] = windows.find(([, window]) => window !== asker);
    const before = [asker.span.start, other.span.start, other.span.end];
    feed.ask("stdout", asker.wanted(edge), asker);
    const [start, stop] = sent.at(-1).ask;
    const about = { kind: "answer", stream: "stdout", run: 0, start, size, lines: 0, notice: "" };
    feed.receive(about, [new DataView(new ArrayBuffer(stop - start))]);
    assert.notEqual(asker.span.start, before[0]);
    assert.deepEqual([other.span.start, other.span.end], before.slice(1));
  }
});

test("a kernel that is gone is sent nothing, and what was sent to it is not waited for", () => {
  const { feed, sent } = made();
  feed.show({}, "stdout");
  feed.save("stdout");
  feed.lose();
  assert.equal(feed.saving.state, "none");
  const count = sent.length;
  feed.save("stdout");
  feed.show({}, "stderr");
  feed.leave();
  feed.ask("stdout", [0, 1]);
  assert.deepEqual([sent.length, feed.saving.state], [count, "none"]);
});

test("what stays unanswered is asked again, ever more rarely; a kernel that is gone is not asked", () => {
  let time = 0;
  const { feed, sent } = made(() => time);
  for (; time < 200_000; time += 1000) feed.ask("stdout", [0, 1]);
  assert.equal(sent.length, 4); // after 15, 45 and 105 s
  const told = [];
  feed.listen((event) => told.push(event));
  feed.lose();
  feed.logs.stdout.asked = null;
  feed.ask("stdout", [0, 1]);
  assert.equal(sent.length, 4);
  assert.deepEqual(told, [{ kind: "lost" }]);
});

test("a log that begins afresh takes the place of the old one; late messages of the old one are not taken", () => {
  const { feed, receive } = made();
  const window = feed.open("stdout");
  receive("output", 0, "old");
  feed.receive({ kind: "log", stream: "stdout", run: 1, start: 0, size: 0, lines: 0, notice: "again" });
  receive("output", 3, "late");
  receive("output", 0, "new", { run: 1, notice: "again" });
  assert.deepEqual([content(window), feed.logs.stdout.notice], [[0, "new"], "again"]);
  receive("answer", 3, "late");
  receive("output", 0, "third", { run: 2 }); // the word of its start was lost
  assert.deepEqual(content(window), [0, "third"]);
});

test("the size alone may change", () => {
  const { feed } = made();
  const window = feed.open("stderr");
  const told = [];
  feed.listen((event) => told.push(event));
  feed.receive({ kind: "log", stream: "stderr", run: 0, start: 0, size: 70, lines: 3, notice: "" });
  assert.deepEqual([window.size, feed.logs.stderr.lines, told], [70, 3, [{ kind: "log", stream: "stderr" }]]);
  assert.deepEqual(window.wanted(null), [0, 70]);
});

test("the kernel is told which logs are shown when that changes, for all views together", () => {
  const { feed, sent } = made();
  const views = [{}, {}];
  feed.show(views[0], "stdout");
  feed.show(views[1], "stderr");
  feed.show(views[0], "stderr");
  feed.show(views[0], null);
  feed.leave(); // the page goes
  feed.show(views[1], null);
  feed.leave();
  assert.deepEqual(sent.map(({ shown }) => shown), [["stdout"], ["stdout", "stderr"], ["stderr"], [], []]);
  assert.equal(new Set(sent.map(({ page }) => page)).size, 1);
  assert.notEqual(made().feed.page, feed.page);
});

test("that a person reads is told once, and that nobody does any more", () => {
  const { feed, sent } = made();
  feed.read("one view", false);
  feed.read("one view", true);
  feed.read("another", true);
  feed.read("one view", false);
  feed.read("another", false);
  feed.read("one view", true);
  feed.leave(); // the page goes
  assert.deepEqual(sent, [true, false, true, false].map((reading) => ({ reading, page: feed.page })));
});

test("a whole log is saved by the kernel, and what became of it is told", () => {
  const { feed, sent } = made(() => 5);
  const states = [];
  const stop = feed.listen(() => states.push(feed.saving));
  feed.save("stderr");
  feed.receive({ kind: "problem", action: "save", text: "the disk is full" });
  feed.receive({ kind: "done", action: "cancel", text: "not ours" });
  stop();
  feed.receive({ kind: "done", action: "save", text: "saved" });
  assert.deepEqual(sent, [{ action: "save", stream: "stderr" }]);
  assert.deepEqual(states, [{ state: "sent", text: "", since: 5 }, { state: "problem", text: "the disk is full" }]);
});

test("buffers of every kind, and the start of a line", () => {
  const { buffer } = bytes("xabcx");
  assert.equal(Buffer.from(bytesOf(new DataView(buffer, 1, 3))).toString(), "abc");
  assert.equal(bytesOf(buffer).length, 5);
  assert.equal(bytesOf(undefined).length, 0);
  assert.equal(lineStart(bytes("rest\nline")), 5);
  assert.equal(lineStart(bytes("é").subarray(1)), 1);
  assert.equal(lineStart(bytes("x")), 0);
  assert.equal(lineStart(bytes("all there is\n")), 0);
});

test("a notice that does not hold any more is gone", () => {
  const { feed, receive } = made();
  receive("log", 0, "", { notice: "no news of it" });
  assert.equal(feed.logs.stdout.notice, "no news of it");
  receive("output", 0, "some");
  assert.equal(feed.logs.stdout.notice, "");
});
