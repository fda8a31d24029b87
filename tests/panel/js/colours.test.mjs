// Colours of output: readable on light and dark themes.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { coloursOf, contrast, readable, rgb } from "../../../prominence_jupyter/panel/js/log/colours.js";
import { generator } from "./random.mjs";

const CSS = readFileSync(new URL("../../../prominence_jupyter/panel/js/log/log.css", import.meta.url), "utf8");
const GROUNDS = { light: ["#ffffff", "#f7f7f7"], dark: ["#111111", "#212121"] }; // JupyterLab's own, and Notebook's

test("each of the sixteen colours of the style sheet can be read in its theme", () => {
  for (let i = 0; i < 16; i += 1) {
    const [, light, dark] = new RegExp(`--p-ansi-${i}: light-dark\\((#\\w+), (#\\w+)\\);`).exec(CSS);
    for (const ground of GROUNDS.light) assert.ok(contrast(rgb(long(light)), rgb(ground)) >= 4.5, `${i} ${light} on ${ground}`);
    for (const ground of GROUNDS.dark) assert.ok(contrast(rgb(long(dark)), rgb(ground)) >= 4.5, `${i} ${dark} on ${ground}`);
  }
});

test("dim text without a colour is quiet, a colour stays readable", () => {
  assert.match(CSS, /\.prominence-log-dim \{ color: var\(--p-quiet\); \}/);
  assert.deepEqual(coloursOf({ dim: true }), { color: "", background: "" });
  assert.deepEqual(coloursOf({ dim: true, fg: 8 }), coloursOf({ fg: 8 }));
});

const long = (colour) => (colour.length === 4 ? colour.replace(/\w/g, "$&$&") : colour);

/** The colours of a theme in "#rrggbb" or "light-dark(#rrggbb, #rrggbb)". */
function inTheme(value, theme) {
  const colours = value.match(/#\w{6}/g);
  return colours && rgb(colours.length === 1 ? colours[0] : colours[theme === "light" ? 0 : 1]);
}

test("whatever colours are asked for, text can be read on what is behind it", () => {
  const random = generator(5);
  const some = () => [undefined, random(16), random(256), `#${random(1 << 24).toString(16).padStart(6, "0")}`][random(4)];
  for (let i = 0; i < 3000; i += 1) {
    const style = { fg: some(), bg: some(), inverse: random(2) === 1 };
    const { color, background } = coloursOf(style);
    for (const theme of ["light", "dark"]) {
      const front = inTheme(color, theme);
      if (!front) continue; // one of the style sheet's, or the page's own
      const behind = inTheme(background, theme);
      for (const ground of behind ? [behind] : GROUNDS[theme].map(rgb)) {
        assert.ok(contrast(front, ground) >= 4.5, `${JSON.stringify(style)} in ${theme}`);
      }
    }
  }
});

test("colours that can be read are left alone", () => {
  assert.deepEqual(readable([10, 20, 30], [255, 255, 255]), [10, 20, 30]);
  assert.equal(coloursOf({ fg: "#ff0000", bg: "#000000" }).color, "#ff0000");
  assert.deepEqual(coloursOf({ bold: true }), { color: "", background: "" });
  assert.deepEqual(coloursOf({ fg: 3 }), { color: "var(--p-ansi-3)", background: "" });
  assert.deepEqual(coloursOf({ bg: "#102030" }), { color: "#ffffff", background: "#102030" });
  assert.deepEqual(coloursOf({ inverse: true }), { color: "light-dark(#f7f7f7, #212121)", background: "light-dark(#1f1f1f, #e0e0e0)" });
});

test("the palette of 256", () => {
  assert.deepEqual([16, 21, 196, 231, 232, 255].map(rgb), [[0, 0, 0], [0, 0, 255], [255, 0, 0], [255, 255, 255], [8, 8, 8], [238, 238, 238]]);
});

test("contrast is that of WCAG 2.1", () => {
  assert.equal(contrast([0, 0, 0], [255, 255, 255]), 21);
  assert.equal(contrast([119, 119, 119], [255, 255, 255]).toFixed(2), "4.48");
});
