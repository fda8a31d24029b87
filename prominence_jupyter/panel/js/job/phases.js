/** The phases of a job at a time in Unix seconds, each with its share of the whole: 1 in all. */
export function layout(phases, now) {
  const lasting = phases.map((phase) => ({ ...phase, seconds: Math.max(0, phase.since === null ? phase.seconds : now - phase.since) }));
  const whole = lasting.reduce((sum, phase) => sum + phase.seconds, 0);
  return lasting.map((phase) => ({ ...phase, share: whole > 0 ? phase.seconds / whole : 1 / lasting.length }));
}
