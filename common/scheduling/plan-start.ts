import { timeFix } from './read-shop.ts';
import { refusedRequest } from './schedule-request.ts';
import type { ZonedClock } from './zoned-clock.ts';

/** Years from now within which plans start: beyond that a year is misspelt. */
const mostYears = 20;
const yearMs = 365.25 * 24 * 60 * 60_000;

/** The instant at which a plan is to start, in ms; `now` unless a request tells. Throws `invalid_schedule_request`. */
export function readPlanStart(start: string | undefined, clock: ZonedClock, now: number): number {
  if (start === undefined) return now;
  const instant = clock.read(start);
  if (instant === undefined) throw refusedRequest('start', `"${start}" is no date and time`, start, timeFix);
  if (instant > now + mostYears * yearMs) throw refusedRequest('start', `"${start}" is more than ${mostYears} years from now`, start, 'correct its year');
  return instant;
}
