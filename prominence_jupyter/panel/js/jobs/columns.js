import { durationOrNothing, queuedFor, ranFor } from "./job_rows.js";

export const MOST_PARAMETERS = 6; // with a column of their own, also in the style sheet

/**
 * The columns after the one with the boxes. `text` gives what a cell says at a time in Unix seconds, `track` is its place in
 * the grid and `least` the px from which on it is worth it; where there is less room, the one with the lowest `stays` goes.
 */
export function columnsFor(parameters) {
  const shown = parameters.slice(0, MOST_PARAMETERS);
  return [
    { name: "status", title: "status", text: (row) => row.group, hint: headline, track: "minmax(110px, 140px)", least: 120 },
    { name: "id", title: "id", text: (row) => row.job, track: "calc(var(--p-id) + 24px)", least: 80, stays: shown.length ? 4 : undefined },
    {
      name: "name",
      title: "name",
      text: (row) => row.name,
      hint: (row) => [row.name, ...otherValues(parameters, row)].join("\n"),
      track: "minmax(60px, 4fr)",
      least: shown.length ? 100 : 150,
    },
    ...shown.map((title, i) => ({
      name: `parameter-${i}`,
      title,
      text: (row) => row.parameters[i] ?? "",
      track: "minmax(60px, 2fr)",
      least: 60,
      stays: 5 + MOST_PARAMETERS - i,
    })),
    { name: "queued", title: "queued", text: (row, now) => durationOrNothing(queuedFor(row, now)), track: "100px", least: 100, stays: 1 },
    { name: "ran", title: "ran", text: (row, now) => durationOrNothing(ranFor(row, now)), track: "104px", least: 104, stays: 3 },
    { name: "detail", title: "exit code, reason", text: (row) => row.detail, track: "minmax(110px, 4fr)", least: 180, stays: 2 },
    { name: "site", title: "site", text: (row) => row.site, track: "minmax(80px, 2fr)", least: 120, stays: 0 },
  ];
}

/** The columns that there is room for in a width in px, beside the boxes. */
export function fitting(columns, width) {
  const shown = [...columns];
  const need = () => shown.reduce((sum, { least }) => sum + least, BOXES);
  const leaving = columns.filter(({ stays }) => stays !== undefined).sort((one, other) => one.stays - other.stays);
  for (const column of leaving) {
    if (need() <= width) break;
    shown.splice(shown.indexOf(column), 1);
  }
  return shown;
}

const BOXES = 32; // px

/** What the grid is told of the columns that are shown, and of those that are not. */
export function template(columns, width) {
  const shown = fitting(columns, width);
  return {
    tracks: [`${BOXES}px`, ...shown.map(({ track }) => track)].join(" "),
    hidden: columns.filter((column) => !shown.includes(column)).map(({ name }) => name).join(" "),
  };
}

function headline(row) {
  return row.reason ? `${row.status}: ${row.reason}` : row.status;
}

function otherValues(parameters, row) {
  return parameters.slice(MOST_PARAMETERS).map((name, i) => `${name} = ${row.parameters[MOST_PARAMETERS + i] ?? ""}`);
}
