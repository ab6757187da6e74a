import { SpindleError } from '../errors.ts';
import { timeFix } from './read-shop.ts';
import { issueAt } from './shape-issues.ts';
import type { ZonedClock } from './zoned-clock.ts';

/** Years from now within which plans start: beyond that a year is misspelt. */
const mostYears = 20;
const yearMs = 365.25 * 24 * 60 * 60_000;

/** The instant at which a plan is to start, in ms; `now` unless a request tells. Throws `invalid_schedule_request`. */
export function readPlanStart(start: string | undefined, clock: ZonedClock, now: number): number {
  if (start === undefined) return now;
  const instant = clock.read(start);
  if (instant === undefined) throw refused(`"${start}" is no date and time`, start, timeFix);
  if (instant > now + mostYears * yearMs) throw refused(`"${start}" is more than ${mostYears} years from now`, start, 'correct its year');
  return instant;
}

function refused(what: string, start: string, fix: string): SpindleError {
  const issue = issueAt('start', what, start, fix);
  return new SpindleError('invalid_schedule_request', `${issue.message}; ${fix}`, { issues: [issue] });
}
