const WAITS = "Waiting for the running cell…";

const STAYS = "The job has ended: this view stays until you follow its end again";

/**
 * The words under a log; what matters most comes first. `late`: what was asked for before this time waits. `stays`: the
 * view is there only for who reads in it.
 */
export function noteOn({ log, window, feed, copied, late, stays }) {
  const { saving } = feed;
  if (saving.state === "sent") return saving.since <= late ? WAITS : "Saving…";
  if (copied) return copied;
  if (log.asked && log.asked.since <= late && !feed.lost) return WAITS;
  const earlier = window.span.start > window.floor;
  const gone = feed.lost ? "Earlier output is not here any more" : "Earlier output: scroll up";
  if (saving.text) return saving.text;
  return [stays && !feed.lost ? STAYS : "", log.notice, earlier ? gone : ""].filter(Boolean).join(" · ");
}
