// The head of a workflow: what Python sends is shown as text, what the person asks for is sent to Python.
//
// Traits: _view (workflow_view) and _can (what can be asked for). Messages to the browser: {kind: "done" | "problem", action,
// text}. Messages from it: {action}; they wait in the kernel until no cell runs.

import { Actions } from "./common/actions.js";
import { sender } from "./common/sending.js";
import { Kernel } from "./workflow/kernel.js";
import { WORKFLOW_ACTIONS } from "./workflow/workflow_actions.js";
import { WorkflowView } from "./workflow/workflow_view.js";

const TRAITS = ["_view", "_can"].map((name) => `change:${name}`);

function render(shared, model, el) {
  const view = new WorkflowView({ ...shared, model });
  const update = () => view.update();
  for (const trait of TRAITS) model.on(trait, update);
  el.append(view.root);
  return () => {
    for (const trait of TRAITS) model.off(trait, update);
    view.close();
  };
}

/** One call for each model, so that its views share what the messages brought. */
export default () => {
  let shared;
  return {
    initialize({ model }) {
      const kernel = new Kernel();
      const actions = new Actions(sender(model, () => kernel.lose()), WORKFLOW_ACTIONS);
      shared = { actions, kernel };
      model.on("msg:custom", (message) => actions.receive(message));
      model.on("comm_live_update", () => kernel.lose());
    },
    render: ({ model, el }) => render(shared, model, el),
  };
};
