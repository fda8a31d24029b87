// Rows for the tests of the table, as the kernel sends them.

export const COLUMNS = [
  ...["id", "name", "status", "group", "tone", "shape", "reason"],
  ...["created", "started", "ended", "site", "exit_codes", "final", "job", "parameters"],
];

export function job(known) {
  const plain = { id: "1", name: "", status: "idle", group: "idle", tone: "waiting", shape: "○", reason: "" };
  const times = { created: null, started: null, ended: null };
  const row = { ...plain, ...times, site: "", exit_codes: "", final: false, parameters: [], ...known };
  return { job: row.id, ...row };
}

/** What travels with the model. */
export function state(jobs, known) {
  const plain = { columns: COLUMNS, parameters: [], worst_first: false, seq: 0, stale: "", selected: null };
  return { ...plain, rows: jobs.map(values), ...known };
}

export const values = (row) => COLUMNS.map((column) => row[column]);
