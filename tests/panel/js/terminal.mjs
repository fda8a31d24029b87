import { createRequire } from "node:module";

const require = createRequire(new URL("../../../prominence_jupyter/panel/js/package.json", import.meta.url));
const xterm = load("@xterm/headless");

/** Why a test without a terminal is skipped; false where there is one. */
export const missing = xterm ? false : "there is no @xterm/headless: npm ci in prominence_jupyter/panel/js";

function load(name) {
  try {
    return require(name);
  } catch (problem) {
    if (problem.code !== "MODULE_NOT_FOUND") throw problem;
    return null;
  }
}

const ATTRIBUTES = ["Bold", "Dim", "Italic", "Underline", "Inverse"];

/** A terminal emulator, wide enough for the tests: the oracle of the console. */
export class Terminal {
  constructor() {
    this.terminal = new xterm.Terminal({ cols: 400, rows: 50, convertEol: true, allowProposedApi: true });
  }

  /** The lines after some output, as in console_cases.json. */
  async show(output) {
    this.terminal.reset();
    await new Promise((resolve) => this.terminal.write(output, resolve));
    const { active } = this.terminal.buffer;
    return Array.from({ length: active.length }, (_, row) => runsOf(active.getLine(row)));
  }
}

function runsOf(line) {
  const runs = [];
  for (let column = 0; column < line.length; column += 1) {
    const cell = line.getCell(column);
    if (cell.getWidth() === 0) continue; // the second half of a wide character
    const style = cell.getChars() === "" ? {} : styleOf(cell); // a cell without a character is blank
    const last = runs.at(-1);
    if (last && JSON.stringify(last.style) === JSON.stringify(style)) last.text += cell.getChars() || " ";
    else runs.push({ text: cell.getChars() || " ", style });
  }
  return runs;
}

function styleOf(cell) {
  const style = {};
  for (const name of ATTRIBUTES) if (cell[`is${name}`]()) style[name.toLowerCase()] = true;
  for (const part of ["Fg", "Bg"]) {
    const colour = cell[`get${part}Color`]();
    if (cell[`is${part}Palette`]()) style[part.toLowerCase()] = colour;
    if (cell[`is${part}RGB`]()) style[part.toLowerCase()] = `#${colour.toString(16).padStart(6, "0")}`;
  }
  return style;
}
