import { type FieldIssue, SpindleError, issueText } from '../../common/errors.ts';
import { issueAt } from '../../common/scheduling/shape-issues.ts';
import { type Solution } from '../scheduling/problem.ts';
import type { ShopProblem } from './shop-problem.ts';
import { tickMs } from './ticks.ts';

/** The error for a plan that runs beyond the longest horizon, with every machine whose hours do not suffice. */
export function tooFewHours(laid: ShopProblem, plan: Solution): SpindleError {
  const issues = laid.shop.machines.flatMap(({ name, calendar }, machine): FieldIssue[] => {
    const left = [...plan.machine.keys()].filter((operation) => plan.machine[operation] === machine && !((plan.end[operation] ?? 0) <= laid.horizon)).length;
    if (left === 0) return [];
    const end = lastHours(laid, machine);
    return [end === undefined
      ? issueAt(`machines[${machine}]`, `the work for ${name} lasts beyond 40 years`, name, 'check quantities, times and calendars, or plan fewer parts')
      : issueAt(`machines[${machine}].calendar`, `the calendar of ${name} has no working hours after ${end}, and ${left === 1 ? 'one operation is' : `${left} operations are`} left over`, calendar, 'give it weekly shifts or further dates, or plan fewer parts')];
  });
  return new SpindleError('invalid_schedule_request', issues.slice(0, 3).map(issueText).join('; '), { issues });
}

/** Throws `tooFewHours` of a plan where no other can do better: where a process has more work than its machines have hours. */
export function checkHoursSuffice(laid: ShopProblem, plan: Solution): void {
  if (plan.makespan <= laid.horizon) return;
  const { problem, operations, working, horizon } = laid;
  const needs = new Map<string, { ticks: number; machines: Set<number> }>();
  for (const [operation, { process }] of operations.entries()) {
    const need = needs.get(process) ?? { ticks: 0, machines: new Set() };
    let least = Infinity;
    for (let i = problem.alternativeStart[operation] ?? 0; i < (problem.alternativeStart[operation + 1] ?? 0); i++) {
      least = Math.min(least, problem.alternativeDuration[i] ?? 0);
      need.machines.add(problem.alternativeMachine[i] ?? 0);
    }
    need.ticks += least;
    needs.set(process, need);
  }
  for (const { ticks, machines } of needs.values()) {
    const hours = [...machines].reduce((sum, machine) => sum + (working[machine]?.between(0, horizon) ?? horizon), 0);
    if (ticks > hours) throw tooFewHours(laid, plan);
  }
}

/** The day of a machine's last working hours; undefined where they never end. */
function lastHours({ problem, shop, horizon, clock, start }: ShopProblem, machine: number): string | undefined {
  const name = shop.machines[machine]?.calendar;
  const end = problem.calendars[machine]?.ends.at(-1);
  if (name === undefined || end === undefined || end > horizon || (shop.calendars[name]?.weekly.length ?? 0) > 0) return undefined;
  return clock.iso(start + end * tickMs).slice(0, 10);
}
