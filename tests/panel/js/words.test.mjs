import assert from "node:assert/strict";
import { test } from "node:test";

import { byteCount, duration } from "../../../prominence_jupyter/panel/js/common/words.js";

test("durations", () => {
  assert.deepEqual([0, 59.9, 61, 3600, 90061, -3].map(duration), ["0 s", "59 s", "1 min 01 s", "1 h 00 min", "25 h 01 min", "0 s"]);
});

test("sizes", () => {
  assert.deepEqual([1, 1023, 2048, 3 * 1024 * 1024].map(byteCount), ["1 byte", "1023 bytes", "2 KB", "3.0 MB"]);
});
