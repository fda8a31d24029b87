// Styles of text: null for plain, else an object with some of bold, dim, italic, underline, inverse: true and fg, bg: a
// number of the palette of 256 or "#rrggbb". They are never changed.

const ON = { 1: "bold", 2: "dim", 3: "italic", 4: "underline", 7: "inverse", 21: "underline" };
const OFF = { 22: ["bold", "dim"], 23: ["italic"], 24: ["underline"], 27: ["inverse"], 39: ["fg"], 49: ["bg"] };
const KEYS = ["bold", "dim", "italic", "underline", "inverse", "fg", "bg"];
const DIGITS = 5; // more have no meaning

const REMEMBERED = 1000; // answers: logs repeat few escapes often

/** `restyled(style, parameters)`, which remembers its answers. */
export function rememberingRestyled() {
  let answers = new Map();
  let count = 0;
  return (style, parameters) => {
    const known = answers.get(style)?.get(parameters);
    if (known !== undefined) return known;
    if (count > REMEMBERED) [answers, count] = [new Map(), 0];
    if (!answers.has(style)) answers.set(style, new Map());
    const answer = restyled(style, parameters);
    answers.get(style).set(parameters, answer);
    count += 1;
    return answer;
  };
}

/** The style after an SGR escape; `parameters` is what stands between "ESC [" and "m". */
export function restyled(style, parameters) {
  const look = { ...style };
  const groups = parameters.split(";").map((group) => group.split(":").map((digits) => Number(digits.slice(0, DIGITS))));
  for (let i = 0; i < groups.length; i += 1) {
    const [code, ...parts] = groups[i];
    if (code === 38 || code === 48) {
      const following = parts.length === 0 ? followers(groups, i) : [];
      i += following.length;
      const colour = colourOf(parts.length === 0 ? following : parts);
      if (colour !== null) look[code === 38 ? "fg" : "bg"] = colour;
    } else {
      change(look, code, parts);
    }
  }
  return KEYS.some((key) => key in look) ? look : null;
}

export function sameStyle(one, other) {
  return one === other || (one !== null && other !== null && KEYS.every((key) => one[key] === other[key]));
}

function change(look, code, parts) {
  if (code === 0) for (const key of KEYS) delete look[key];
  else if (code === 4 && parts[0] === 0) delete look.underline; // 4:3 is a wavy one, 4:0 none
  else if (code in ON) look[ON[code]] = true;
  else if (code in OFF) for (const key of OFF[code]) delete look[key];
  else if (code >= 30 && code < 38) look.fg = code - 30;
  else if (code >= 40 && code < 48) look.bg = code - 40;
  else if (code >= 90 && code < 98) look.fg = code - 82;
  else if (code >= 100 && code < 108) look.bg = code - 92;
}

/** The numbers of a colour from the groups after its code: 5;n or 2;r;g;b. */
function followers(groups, i) {
  const kind = groups[i + 1]?.[0];
  const count = kind === 5 ? 2 : kind === 2 ? 4 : kind === undefined ? 0 : 1;
  return groups.slice(i + 1, i + 1 + count).map((group) => group[0]);
}

function colourOf(numbers) {
  const fits = (values) => values.every((value) => value <= 255);
  if (numbers[0] === 5 && numbers.length > 1 && fits([numbers[1]])) return numbers[1];
  if (numbers[0] !== 2) return null;
  const parts = numbers.length === 4 ? numbers.slice(1) : numbers.slice(2, 5); // the longer form names a colour space
  return parts.length === 3 && fits(parts) ? `#${parts.map((part) => part.toString(16).padStart(2, "0")).join("")}` : null;
}
