// The live table of many jobs: rows come from Python, what the person asks for is sent to Python.
//
// Messages to the browser: {kind: "rows", after, seq, rows, stale}, where the rows lead from the news `after` to the news
// `seq`, with the names of the parameters where these are news, and {kind: "done" | "problem", action: "cancel" | "select",
// text, selected}. Messages from it: {resync: seq}, {select: id or null}, {cancel: [ids]} and {shown: whether a view of this
// page shows it, page}; those wait in the kernel until no cell runs. A message may be lost.

import { TableFeed } from "./jobs/table_feed.js";
import { sender } from "./common/sending.js";
import { TableView } from "./jobs/table_view.js";

function render(feed, el) {
  let view = new TableView(feed);
  const shown = {
    update: (changed) => view.update(changed),
    controls: () => view.controls(),
    rebuild() { // its columns are others
      const before = view;
      view = new TableView(feed);
      before.root.replaceWith(view.root);
      before.close();
    },
  };
  feed.show(shown);
  el.append(view.root);
  return () => {
    feed.hide(shown);
    view.close();
  };
}

/** One call for each model, so that its views share one feed. */
export default () => {
  let feed;
  return {
    // Messages are taken from here on, whether or not a view is there: those sent at once after creation count too.
    initialize({ model }) {
      feed = new TableFeed(sender(model, () => feed.lost || feed.lose()), model.get("_can"));
      feed.load(model.get("_table"));
      model.on("msg:custom", (message) => feed.receive(message));
      model.on("comm_live_update", () => feed.lose());
      model.on("change:_table", () => feed.load(model.get("_table")));
      const leave = () => feed.leave();
      addEventListener("pagehide", leave);
      return () => removeEventListener("pagehide", leave);
    },
    render: ({ el }) => render(feed, el),
  };
};
