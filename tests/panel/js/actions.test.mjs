import assert from "node:assert/strict";
import { test } from "node:test";

import { Actions } from "../../../prominence_jupyter/panel/js/common/actions.js";

function made() {
  const sent = [];
  const actions = new Actions((message) => sent.push(message), ["cancel", "clone"]);
  let calls = 0;
  const end = actions.listen(() => (calls += 1));
  return { actions, sent, calls: () => calls, end };
}

test("what is asked for is sent, and waits for its answer", () => {
  const { actions, sent, calls } = made();
  actions.ask("cancel");
  assert.deepEqual(sent, [{ action: "cancel" }]);
  assert.deepEqual(actions.known.cancel, { state: "sent", text: "" });
  assert.equal(actions.known.clone.state, "none");
  actions.receive({ kind: "done", action: "cancel", text: "Cancelled" });
  assert.deepEqual(actions.known.cancel, { state: "done", text: "Cancelled" });
  assert.equal(calls(), 2);
});

test("after a problem one can ask again, and the problem is forgotten", () => {
  const { actions } = made();
  actions.ask("clone");
  actions.receive({ kind: "problem", action: "clone", text: "no connection" });
  assert.deepEqual(actions.known.clone, { state: "problem", text: "no connection" });
  actions.ask("clone");
  assert.deepEqual(actions.known.clone, { state: "sent", text: "" });
});

test("other messages are left alone", () => {
  const { actions, calls } = made();
  actions.receive({ kind: "output", stream: "stdout" });
  actions.receive({ kind: "done", action: "save", text: "saved" });
  actions.receive({ kind: "done", action: "toString" });
  assert.equal(calls(), 0);
});

test("who no longer listens is not called", () => {
  const { actions, calls, end } = made();
  end();
  actions.ask("clone");
  assert.equal(calls(), 0);
});
