/** "8 s", "2 min 05 s", "3 h 04 min". */
export function duration(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const [s, min, h] = [whole % 60, Math.floor(whole / 60) % 60, Math.floor(whole / 3600)];
  const two = (n) => String(n).padStart(2, "0");
  if (h > 0) return `${h} h ${two(min)} min`;
  return min > 0 ? `${min} min ${two(s)} s` : `${s} s`;
}

export function byteCount(count) {
  if (count < 1024) return `${count} ${count === 1 ? "byte" : "bytes"}`;
  return count < 1024 * 1024 ? `${Math.round(count / 1024)} KB` : `${(count / 1024 / 1024).toFixed(1)} MB`;
}

/** "1 job", "10,000 jobs". */
export function jobCount(count) {
  return `${count.toLocaleString("en")} ${count === 1 ? "job" : "jobs"}`;
}

/** "1 line", "12,345 lines". */
export function lineCount(count) {
  return `${count.toLocaleString("en")} ${count === 1 ? "line" : "lines"}`;
}
