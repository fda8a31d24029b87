// Rows for the tests of the table, as the kernel sends them.

export const COLUMNS = [
  ...["id", "name", "status", "group", "tone", "shape", "reason"],
  ...["created", "started", "ended", "site", "exit_codes", "final"],
];

export function job(known) {
  const plain = { id: "1", name: "", status: "idle", group: "idle", tone: "waiting", shape: "○", reason: "" };
  return { ...plain, created: null, started: null, ended: null, site: "", exit_codes: "", final: false, ...known };
}

export const values = (row) => COLUMNS.map((column) => row[column]);
