import { type ZonedClock, dayMs } from './zoned-clock.ts';

/** A day and a time as texts that are read beside data write them: 2026-11-20, 2026-11-20 14:00. */
const isoDay = (wallTime: number): string => new Date(wallTime).toISOString().slice(0, 10);

/** When something is due, as people say it: at 2026-11-20 14:00, or by the end of 2026-11-20, which is the first instant of the next day. `day` writes the day of a wall time. */
export function dueText(clock: ZonedClock, due: number, day: (wallTime: number) => string = isoDay): string {
  const wall = clock.wallTime(due);
  const before = clock.wallTime(due - 1);
  // Not only at 00:00: some zones skip that hour when their clocks change.
  if (Math.floor(before / dayMs) < Math.floor(wall / dayMs)) return `by the end of ${day(before)}`;
  return `at ${day(wall)} ${new Date(wall).toISOString().slice(11, 16)}`;
}
