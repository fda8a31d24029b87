/** "8 s", "2 min 05 s", "3 h 04 min". */
export function duration(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const [s, min, h] = [whole % 60, Math.floor(whole / 60) % 60, Math.floor(whole / 3600)];
  const two = (n) => String(n).padStart(2, "0");
  if (h > 0) return `${h} h ${two(min)} min`;
  return min > 0 ? `${min} min ${two(s)} s` : `${s} s`;
}

/** How long a job queued, runs or ran, at a time in Unix seconds; "" where the service does not say. */
export function clock(view, now) {
  const { created, started, ended } = view;
  const known = (value) => value !== null && value !== undefined;
  if (known(started) && view.tone !== "waiting") {
    if (known(ended)) return `ran for ${duration(ended - started)}`;
    return view.final ? "" : `running for ${duration(now - started)}`;
  }
  if (!known(created)) return "";
  if (known(ended)) return `queued for ${duration(ended - created)}`;
  return view.final ? "" : `queued for ${duration(now - created)}`;
}

export function byteCount(count) {
  if (count < 1024) return `${count} ${count === 1 ? "byte" : "bytes"}`;
  return count < 1024 * 1024 ? `${Math.round(count / 1024)} KB` : `${(count / 1024 / 1024).toFixed(1)} MB`;
}
