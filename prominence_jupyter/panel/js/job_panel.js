// The live view of one job: what Python sends is shown as text, what the person asks for is sent to Python.
//
// Traits: _view (JobView.to_json), _description (JSON text), _can (what can be asked for), _output (the ends of the
// logs). Messages to the browser: {kind: "output" | "answer" | "log"} of a log (log/, job/feed.js), and {kind: "done" |
// "problem", action, text}. Messages from it: {action}, and what a log asks for; they wait in the kernel until no cell
// runs. A message may be lost, so every one says where its bytes belong.

import { Actions } from "./common/actions.js";
import { JOB_ACTIONS } from "./job/job_actions.js";
import { Feed } from "./job/feed.js";
import { sender } from "./common/sending.js";
import { PanelView } from "./job/panel_view.js";

const TRAITS = ["_view", "_description", "_can"].map((name) => `change:${name}`);

function render(shared, model, el) {
  const view = new PanelView({ ...shared, model });
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
    // Messages are taken from here on, whether or not a view is there: those sent at once after creation count too.
    initialize({ model }) {
      const send = sender(model, () => feed.lost || feed.lose());
      const [actions, feed] = [new Actions(send, JOB_ACTIONS), new Feed(send)];
      shared = { actions, feed };
      feed.load(model.get("_output"));
      model.on("msg:custom", (message, buffers) => {
        actions.receive(message);
        feed.receive(message, buffers);
      });
      model.on("comm_live_update", () => feed.lose());
      model.on("change:_output", () => feed.load(model.get("_output")));
      const leave = () => feed.leave();
      addEventListener("pagehide", leave);
      return () => removeEventListener("pagehide", leave);
    },
    render: ({ model, el }) => render(shared, model, el),
  };
};
