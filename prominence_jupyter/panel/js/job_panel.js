// The live view of one job: what Python sends is shown as text, what the person asks for is sent to Python.
//
// Messages to the browser: {kind: "output" | "answer", run, offset} with the bytes as a buffer, {kind: "restart", run,
// notice}, {kind: "problem", text}, {kind: "cancelled"}. Messages from it: {ask: offset, run} and {cancel: true}; those
// wait in the kernel until no cell runs. A message may be lost, so every one says where its bytes belong.

import { Feed } from "./job/feed.js";
import { PanelView } from "./job/panel_view.js";

function render(feed, model, el) {
  const view = new PanelView(feed, model);
  const update = () => view.update();
  feed.views.add(view);
  model.on("change:_view", update);
  el.append(view.root);
  return () => {
    feed.views.delete(view);
    model.off("change:_view", update);
    view.close();
  };
}

/** One call for each model, so that its views share one feed. */
export default () => {
  let feed;
  return {
    // Messages are taken from here on, whether or not a view is there: those sent at once after creation count too.
    initialize({ model }) {
      feed = new Feed((message) => model.send(message));
      feed.load(model.get("_output"));
      model.on("msg:custom", (message, buffers) => feed.receive(message, buffers));
      model.on("comm_live_update", () => feed.lose());
      model.on("change:_output", () => feed.load(model.get("_output")));
    },
    render: ({ model, el }) => render(feed, model, el),
  };
};
