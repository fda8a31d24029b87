import { duration } from "../common/words.js";

const isKnown = (value) => value !== null && value !== undefined;

/** How long a workflow has waited, has run or took, at a time in Unix seconds; empty where nobody knows. */
export function clock({ created, started, ended, final }, now) {
  if (final) return isKnown(created) && isKnown(ended) ? `took ${duration(ended - created)}` : "";
  if (isKnown(started)) return `running ${duration(now - started)}`;
  return isKnown(created) ? `waiting ${duration(now - created)}` : "";
}

const [MINUTE, HOUR, DAY] = [60, 3600, 86_400]; // s

/** How long it is still at a time in Unix seconds, as Python's `left_text` says it; empty once that time is over. */
export function timeLeft(end, now) {
  if (!isKnown(end) || end <= now || end - now >= 100 * DAY) return "";
  const left = end - now;
  if (left < MINUTE) return "less than a minute left";
  if (left < HOUR) return `about ${Math.ceil(left / MINUTE)} min left`;
  const quarters = Math.ceil((left / HOUR) * 4);
  if (left < DAY) return `about ${Math.floor(quarters / 4)} h${quarters % 4 ? ` ${(quarters % 4) * 15} min` : ""} left`;
  return `about ${Math.ceil(left / DAY)} days left`;
}
