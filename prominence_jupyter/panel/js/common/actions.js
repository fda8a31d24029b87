const NOTHING = { state: "none", text: "" };

/** What a person asked to be done, and what became of it; all views of a model share it. */
export class Actions {
  constructor(send, names) {
    this.send = send;
    this.known = Object.fromEntries(names.map((name) => [name, NOTHING])); // each {state: "none" | "sent" | "done" | "problem", text}
    this.listeners = new Set();
  }

  /** Call `listener` when any of this changes; returns what ends that. */
  listen(listener) {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  ask(action) {
    this.send({ action });
    this.#note(action, { state: "sent", text: "" });
  }

  /** Take the kernel's answer: {kind: "done" | "problem", action, text}. Other messages are not meant for this. */
  receive({ kind, action, text }) {
    if (Object.hasOwn(this.known, action) && (kind === "done" || kind === "problem")) this.#note(action, { state: kind, text });
  }

  #note(action, outcome) {
    this.known[action] = outcome;
    for (const listener of [...this.listeners]) listener();
  }
}
