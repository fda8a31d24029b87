// Colours of output that can be read in every theme.
//
// Text in one of the 16 colours takes them from the style sheet (--p-ansi-0 to 15), which has them for light and dark
// themes. Every other colour is what the output says, but text with too little contrast against what is behind it is
// mixed with black or white until it has enough: so a pale yellow meant for a black terminal is an ochre on white.
// Backgrounds are never changed; text without a colour of its own is black or white on them.

const ENOUGH = 4.5; // contrast, WCAG 2.1
const THEMES = [
  { back: [247, 247, 247], text: [31, 31, 31] }, // light; the least contrast that a usual theme has
  { back: [33, 33, 33], text: [224, 224, 224] }, // dark
];
const BASE = [
  ...["#24292f", "#c62f2f", "#1f883d", "#c69026", "#1f6feb", "#8250df", "#1b7c83", "#d0d7de"],
  ...["#57606a", "#ff8182", "#6fdd8b", "#f2cc60", "#80ccff", "#c297ff", "#56d4dd", "#ffffff"],
];
const CUBE = [0, 95, 135, 175, 215, 255];
const BLACK = [0, 0, 0];
const WHITE = [255, 255, 255];

/** CSS colours of a style: {color, background}, each "" for none. */
export function coloursOf({ fg, bg, inverse }) {
  if (fg === undefined && bg === undefined && !inverse) return { color: "", background: "" };
  if (typeof fg === "number" && fg < 16 && bg === undefined && !inverse) return { color: `var(--p-ansi-${fg})`, background: "" };
  const [light, dark] = THEMES.map((theme) => inTheme(theme, fg, bg, inverse));
  return { color: either(light.color, dark.color), background: either(light.background, dark.background) };
}

/** Contrast of two colours, from 1 to 21. */
export function contrast(one, other) {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

/** The nearest mixture of a colour with black or white that can be read on another one. */
export function readable(colour, back) {
  const end = farFrom(back);
  for (let part = 0; part < 1; part += 0.05) {
    const mixed = colour.map((value, i) => Math.round(value + (end[i] - value) * part));
    if (contrast(mixed, back) >= ENOUGH) return mixed;
  }
  return end;
}

/** A colour, a number of the palette or "#rrggbb", as [red, green, blue]: 16 base colours, a cube of 216, 24 greys. */
export function rgb(colour) {
  if (typeof colour === "string") return [1, 3, 5].map((i) => parseInt(colour.slice(i, i + 2), 16));
  if (colour < 16) return rgb(BASE[colour]);
  if (colour >= 232) return WHITE.map(() => 8 + 10 * (colour - 232));
  return [36, 6, 1].map((step) => CUBE[Math.floor((colour - 16) / step) % 6]);
}

function inTheme(theme, fg, bg, inverse) {
  const [front, behind] = inverse ? [bg, fg] : [fg, bg];
  const back = behind === undefined ? (inverse ? theme.text : null) : rgb(behind);
  const colour = front === undefined ? (inverse ? theme.back : farFrom(back)) : rgb(front);
  return { color: hex(readable(colour, back ?? theme.back)), background: back ? hex(back) : "" };
}

function farFrom(back) {
  return contrast(BLACK, back) > contrast(WHITE, back) ? BLACK : WHITE;
}

function either(light, dark) {
  return light === dark ? light : `light-dark(${light}, ${dark})`;
}

function hex(colour) {
  return `#${colour.map((value) => value.toString(16).padStart(2, "0")).join("")}`;
}

function luminance(colour) {
  const [red, green, blue] = colour.map((value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
