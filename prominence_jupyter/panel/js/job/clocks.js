const known = (value) => value !== null && value !== undefined;

/** How long a job queued, runs or ran, and both together, at a time in Unix seconds: [[word, seconds], …].
 *  Only what the service told. */
export function clocks(view, now) {
  const { created, started, ended, tone } = view;
  const over = view.final || (known(ended) && tone !== "waiting" && tone !== "running");
  const last = over ? ended : now; // of a job that ended we may not know when
  const began = known(started) && tone !== "waiting";
  const ran = over ? "ran" : tone === "running" ? "running" : "since its start";
  const found = [
    ["queued", created, began ? started : last],
    [ran, began ? started : null, last],
    ["total", began ? created : null, last],
  ];
  return found
    .filter(([, from, to]) => known(from) && known(to))
    .map(([word, from, to]) => [word, Math.max(0, to - from)]);
}
