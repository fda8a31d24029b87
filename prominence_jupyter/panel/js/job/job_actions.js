import { ActionsView } from "../common/actions_view.js";

const KINDS = {
  cancel: { label: "Cancel job", question: "Really cancel?", group: "Really cancel this job?", sent: "Cancelling…", done: "Cancel requested" },
  clone: { label: "Clone", question: "Submit it again?", group: "Submit this job again?", sent: "Submitting…", done: "Submitted again", again: true },
};
export const JOB_ACTIONS = Object.keys(KINDS);

/** What can be done with a job. */
export function jobActions({ actions, feed, model, say }) {
  const isOver = (name) => name === "cancel" && model.get("_view").final; // the status says more
  const offers = (name) => model.get("_can").includes(name) && !feed.lost && !isOver(name);
  return new ActionsView({ actions, kinds: KINDS, offers, moot: isOver, waitsFor: (name) => waitsFor(name, model.get("_view")), say });
}

function waitsFor(name, { id, note }) {
  const waits = "Waiting for the running cell or the service";
  if (name !== "cancel") return waits;
  const local = note ? "%prominence local and " : ""; // an id of this machine may be another job's at a service
  const ways = ["interrupt the cell", `${local}%prominence delete ${id} in another notebook`];
  if (!note) ways.push(`prominence delete ${id} in a terminal`); // the official client knows nothing of this machine
  return `${waits}. At once: ${ways.join(", or ")}.`;
}
