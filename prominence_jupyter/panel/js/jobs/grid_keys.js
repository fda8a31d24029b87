/**
 * Where a key leads from a place in the table, null if it is no key that moves. The index of the head is -1.
 * Home and End lead to the first and the last job: what one looks for here are jobs, not columns.
 */
export function moved(key, { index, column }, { last, page, columns }) {
  const rows = {
    ArrowUp: index - 1,
    ArrowDown: index + 1,
    PageUp: Math.max(0, index - page),
    PageDown: index + page,
    Home: 0,
    End: last,
  };
  if (key in rows) return { index: Math.max(-1, Math.min(last, rows[key])), column };
  const step = { ArrowLeft: -1, ArrowRight: 1 }[key];
  if (step === undefined) return null;
  const place = columns.indexOf(column) + step;
  return { index, column: columns[Math.max(0, Math.min(columns.length - 1, place))] };
}
