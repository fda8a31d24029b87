import { duration } from "../common/words.js";

const isKnown = (value) => value !== null && value !== undefined;

/** How long a workflow has waited, has run or took, at a time in Unix seconds; empty where nobody knows. */
export function clock({ created, started, ended, final }, now) {
  if (final) return isKnown(created) && isKnown(ended) ? `took ${duration(ended - created)}` : "";
  if (isKnown(started)) return `running ${duration(now - started)}`;
  return isKnown(created) ? `waiting ${duration(now - created)}` : "";
}
