const WAITS = "Waiting for the running cell…";

/** The words under a log; what matters most comes first. `late`: what was asked for before this time waits. */
export function noteOn({ log, window, feed, copied, late }) {
  const { saving } = feed;
  if (saving.state === "sent") return saving.since <= late ? WAITS : "Saving…";
  if (copied) return copied;
  if (log.asked && log.asked.since <= late && !feed.lost) return WAITS;
  const earlier = window.span.start > window.floor;
  const gone = feed.lost ? "Earlier output is not here any more" : "Earlier output: scroll up";
  return saving.text || [log.notice, earlier ? gone : ""].filter(Boolean).join(" · ");
}
