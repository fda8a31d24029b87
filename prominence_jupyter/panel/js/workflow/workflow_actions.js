import { ActionsView } from "../common/actions_view.js";

const KINDS = {
  rerun: {
    label: "Run failed jobs again",
    question: "Run what failed in a new workflow?",
    group: "Run what failed of this workflow again, in a new workflow?",
    sent: "Submitting…",
    done: "Submitted again",
  },
  delete: {
    label: "Delete",
    question: "Really end all its jobs?",
    group: "Really delete this workflow and end all its jobs?",
    sent: "Deleting…",
    done: "Deletion requested",
  },
};
export const WORKFLOW_ACTIONS = Object.keys(KINDS);

/** What can be done with a workflow: delete it while it goes on, run what failed again when it has ended. */
export function workflowActions({ actions, kernel, model, say }) {
  const isOver = (name) => name === "delete" && model.get("_view").final; // the status says more
  const offers = (name) => {
    const { failed } = model.get("_view");
    return model.get("_can").includes(name) && !kernel.lost && (name === "rerun" ? failed : !isOver(name));
  };
  return new ActionsView({ actions, kinds: KINDS, offers, moot: isOver, waitsFor: (name) => waitsFor(name, model.get("_view")), say });
}

function waitsFor(name, { id, here }) {
  const waits = "Waiting for the running cell or the service";
  if (name !== "delete") return waits;
  const local = here ? "%prominence local and " : ""; // an id of this machine may be another workflow's at a service
  return `${waits}. At once: interrupt the cell, or ${local}%prominence delete workflow ${id} in another notebook.`;
}
