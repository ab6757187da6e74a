import { type FieldIssue, SpindleError } from '../../common/errors.ts';
import { issueAt } from '../../common/scheduling/shape-issues.ts';
import type { ZonedClock } from '../../common/scheduling/zoned-clock.ts';
import type { Problem } from '../scheduling/problem.ts';
import { longestPlan, mostTicks } from '../scheduling/routings/routing-data.ts';
import type { PlannedOrder } from './planned-work.ts';

/**
 * Throws `invalid_schedule_request` where orders of several operations reach further than plans of them can be counted: with the orders that are released too far ahead, or, where
 * none is, because all work one after the other takes too long. Parts of one operation each have no such limit.
 */
export function checkRoutingSpan(problem: Problem, orders: readonly PlannedOrder[], clock: ZonedClock): void {
  if (orders.every(({ operations }) => operations.length === 1) || longestPlan(problem) <= mostTicks) return;
  const years = Math.floor(mostTicks / (365.25 * 24 * 3_600));
  const work = longestPlan(problem) - problem.release.reduce((latest, ticks) => Math.max(latest, ticks), 0);
  const far = orders.flatMap(({ id, release }, order): FieldIssue[] =>
    release !== undefined && (problem.release[order] ?? 0) + work > mostTicks && work < mostTicks
      ? [{ ...issueAt(`order ${id}`, `is released at ${clock.iso(release)}, and with all work behind it a plan with operations in order would last beyond ${years} years`, clock.iso(release), 'correct its release, or leave it out'), field: 'release' }]
      : []);
  const issues = far.length > 0 ? far.slice(0, 100) : [issueAt('', `with operations in order, all work and setups one after the other may take ${years} years, and take ${Math.ceil(work / (365.25 * 24 * 3_600)).toLocaleString('en')}`, null, 'check quantities and times, or plan fewer parts together')];
  throw new SpindleError('invalid_schedule_request', issues.slice(0, 3).map(({ message, fix }) => `${message}; ${fix}`).join('; '), { issues });
}
