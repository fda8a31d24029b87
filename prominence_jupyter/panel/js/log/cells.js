// How many cells of a terminal characters take: wide ones two; marks join what stands before them.

const NARROW = "\\0-\\u02ff\\u2010-\\u2027\\u2190-\\u22ff\\u2500-\\u25fc\\u2800-\\u28ff\\ufffd"; // most of what logs hold
const OTHER = new RegExp(`[^${NARROW}]`);
export const MARKS = 16; // that join one character, at most: nothing is written so, and thousands take seconds to lay out
const PILE = /(?:[\p{Mn}\p{Me}\u1160-\u11ff]|(?!\u00ad)\p{Cf}){17}/u;
const MARK = /^(?:[\p{Mn}\p{Me}\u1160-\u11ff]|(?!\u00ad)\p{Cf})$/u;
const WIDE = new RegExp(
  "^(?:[\\u1100-\\u115f\\u2329\\u232a\\u2e80-\\u303e\\u3041-\\u3247\\u3250-\\u4dbf\\u4e00-\\ua4cf\\ua960-\\ua97c\\uac00-\\ud7a3\\uf900-\\ufaff" +
    "\\ufe10-\\ufe19\\ufe30-\\ufe6b\\uff01-\\uff60\\uffe0-\\uffe6\\u{16fe0}-\\u{18d08}\\u{1aff0}-\\u{1b2ff}\\u{1f200}-\\u{1f265}" +
    "\\u{20000}-\\u{3fffd}]|(?![\\u{1f1e6}-\\u{1f1ff}])\\p{Emoji_Presentation})$",
  "u",
);

/** Whether each character is one unit of the string and takes one cell. */
export function isSimple(text) {
  return !OTHER.test(text);
}

/** Whether more marks than `MARKS` join one character somewhere. */
export function isPiled(text) {
  return text.length > MARKS && !isSimple(text) && PILE.test(text);
}

/** 0, 1 or 2 cells for the first character of some text. */
export function cellWidth(text) {
  const code = text.codePointAt(0);
  if (code < 0x300) return 1;
  if (code >= 0x3400 && code < 0xa000 && (code < 0x4dc0 || code >= 0x4e00)) return 2; // most of what is wide
  const character = String.fromCodePoint(code);
  if (MARK.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}

export function cellCount(text) {
  if (isSimple(text)) return text.length;
  let count = 0;
  for (const character of text) count += cellWidth(character);
  return count;
}
