import { type FieldIssue, SpindleError, issueText } from '../../common/errors.ts';
import { issueAt, placeOf } from '../../common/scheduling/shape-issues.ts';
import { holidayDays } from '../../common/scheduling/shift-minutes.ts';
import type { Holiday } from '../../common/scheduling/shop.ts';
import { dayMs } from '../../common/scheduling/zoned-clock.ts';
import { type Solution } from '../scheduling/problem.ts';
import type { ShopProblem } from './shop-problem.ts';
import { tickMs } from './ticks.ts';

/** The error for a plan that runs beyond the longest horizon, with every machine whose hours do not suffice, or the holiday that takes them. */
export function tooFewHours(laid: ShopProblem, plan: Solution): SpindleError {
  const holidays = new Map<string, FieldIssue>();
  const issues = laid.shop.machines.flatMap(({ name, calendar }, machine): FieldIssue[] => {
    const left = [...plan.machine.keys()].filter((operation) => plan.machine[operation] === machine && !((plan.end[operation] ?? 0) <= laid.horizon)).length;
    if (left === 0) return [];
    const holiday = longHoliday(laid, calendar);
    if (holiday) {
      holidays.set(holiday.field, holiday);
      return [];
    }
    const end = lastHours(laid, machine);
    return [end === undefined
      ? issueAt(`machines[${machine}]`, `the work for ${name} lasts beyond 40 years`, name, 'check quantities, times and calendars, or plan fewer parts')
      : issueAt(`machines[${machine}].calendar`, `the calendar of ${name} has no working hours after ${end}, and ${left === 1 ? 'one operation is' : `${left} operations are`} left over`, calendar, 'give it weekly shifts or further dates, or plan fewer parts')];
  });
  issues.unshift(...holidays.values());
  return new SpindleError('invalid_schedule_request', issues.slice(0, 3).map(issueText).join('; '), { issues });
}

/** Days from which a holiday is longer than any shop rests. */
const longRest = 366;

/** The longest holiday of a calendar in all that is looked at, if it is one that no shop has. */
function longHoliday({ shop, clock, start, horizon }: ShopProblem, calendar: string | undefined): FieldIssue | undefined {
  if (calendar === undefined) return undefined;
  const [from, to] = [start, start + horizon * tickMs].map((instant) => Math.floor(clock.wallTime(instant) / dayMs));
  const closedDays = (holiday: Holiday): number => {
    const { first, last } = holidayDays(holiday);
    return Math.min(last, to ?? 0) - Math.max(first, from ?? 0) + 1;
  };
  const placed = (holidays: readonly Holiday[], place: string) => holidays.map((holiday, index) => ({ holiday, place: `${place}[${index}]` }));
  const all = [...placed(shop.holidays, 'holidays'), ...placed(shop.calendars[calendar]?.holidays ?? [], placeOf(['calendars', calendar, 'holidays']))];
  const [longest] = all.sort((a, b) => closedDays(b.holiday) - closedDays(a.holiday));
  if (longest === undefined || typeof longest.holiday === 'string' || closedDays(longest.holiday) < longRest) return undefined;
  const { from: first, to: last } = longest.holiday;
  return issueAt(longest.place, `the holiday from ${first} to ${last} leaves too few working hours for the work`, `${first} to ${last}`, 'correct its dates');
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
