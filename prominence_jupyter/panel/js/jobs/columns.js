import { durationOrNothing, queuedFor, ranFor } from "./job_rows.js";

/** The columns after the one with the boxes; `text` gives what a cell says at a time in Unix seconds. */
export const COLUMNS = [
  { name: "status", title: "status", text: (row) => row.group, hint: headline },
  { name: "id", title: "id", text: (row) => row.id },
  { name: "name", title: "name", text: (row) => row.name },
  { name: "queued", title: "queued", text: (row, now) => durationOrNothing(queuedFor(row, now)) },
  { name: "ran", title: "ran", text: (row, now) => durationOrNothing(ranFor(row, now)) },
  { name: "detail", title: "exit code, reason", text: (row) => row.detail },
  { name: "site", title: "site", text: (row) => row.site },
];

function headline(row) {
  return row.reason ? `${row.status}: ${row.reason}` : row.status;
}
