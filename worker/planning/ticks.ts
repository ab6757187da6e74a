/** Ticks of the planner's problems in a minute: a tick is a second. */
export const minuteTicks = 60;

/** Milliseconds of a tick. */
export const tickMs = 60_000 / minuteTicks;

/** Working minutes as whole ticks; never 0, so that every operation has a place of its own. */
export function workTicks(minutes: number): number {
  return Math.max(1, Math.round(minutes * minuteTicks));
}

/** Ticks as minutes, to a thousandth. */
export function minutesOf(ticks: number): number {
  return Math.round((ticks / minuteTicks) * 1_000) / 1_000;
}
