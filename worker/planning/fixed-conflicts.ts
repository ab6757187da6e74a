import type { FieldIssue } from '../../common/errors.ts';
import { issueAt } from '../../common/scheduling/shape-issues.ts';
import { type Problem, orderCount } from '../scheduling/problem.ts';
import type { WorkingTime } from '../scheduling/working-time.ts';
import type { Fixing } from './fixed-operations.ts';
import { setupTicks } from './plan-timing.ts';

/** How conflicts name what they are about. */
export interface FixedNames {
  operation: (operation: number) => string;
  machine: (machine: number) => string;
  time: (tick: number) => string;
}

/** Fixed operations that no schedule can keep: two at once on a machine, without time for the setup between them, or before their order can be ready for them. */
export function fixedConflicts(problem: Problem, fixings: readonly Fixing[], working: readonly (WorkingTime | undefined)[], names: FixedNames): FieldIssue[] {
  return [...machineConflicts(problem, fixings, working, names), ...orderConflicts(problem, fixings, working, names)];
}

function machineConflicts(problem: Problem, fixings: readonly Fixing[], working: readonly (WorkingTime | undefined)[], names: FixedNames): FieldIssue[] {
  const issues: FieldIssue[] = [];
  const timed = fixings.filter(({ start }) => start >= 0).sort((a, b) => a.machine - b.machine || a.start - b.start);
  for (const [index, fixing] of timed.entries()) {
    const { machine, operation, start, place } = fixing;
    const before = timed[index - 1]?.machine === machine ? timed[index - 1] : undefined;
    const calendar = working[machine];
    const free = before ? endOf(before, calendar) : 0;
    const setup = setupTicks(problem, machine, before?.operation ?? -1, operation);
    const ready = setup === 0 ? free : spanEnd(free, setup, calendar);
    if (start >= ready || (fixing.running && !before)) continue;
    const cause = before ? `${names.operation(before.operation)} (${before.place}) and the setup after it` : 'the first setup';
    issues.push(issueAt(place, `${names.machine(machine)} is taken by ${cause} until ${names.time(ready)}`, names.time(start), `start ${names.operation(operation)} at ${names.time(ready)} or later, or on another machine`));
  }
  return issues;
}

function orderConflicts(problem: Problem, fixings: readonly Fixing[], working: readonly (WorkingTime | undefined)[], names: FixedNames): FieldIssue[] {
  const issues: FieldIssue[] = [];
  const byOperation = new Map(fixings.map((fixing) => [fixing.operation, fixing]));
  for (let order = 0; order < orderCount(problem); order++) {
    const first = problem.orderStart[order] ?? 0;
    let ready = problem.release[order] ?? 0;
    for (let operation = first; operation < (problem.orderStart[order + 1] ?? 0); operation++) {
      const fixing = byOperation.get(operation);
      if (fixing && fixing.start >= 0 && fixing.start < ready && !(fixing.running && operation === first)) {
        const what = operation === first ? `its order is released at ${names.time(ready)}` : `the operations before it cannot end before ${names.time(ready)}`;
        const fix = fixing.running ? 'remove the operations that are finished' : `start it at ${names.time(ready)} or later, or unlock it`;
        issues.push(issueAt(fixing.place, `${names.operation(operation)} cannot start at ${names.time(fixing.start)}: ${what}`, names.time(fixing.start), fix));
      }
      ready = fixing && fixing.start >= 0 ? endOf(fixing, working[fixing.machine]) : earliestEnd(problem, operation, ready, working, fixing?.machine);
    }
  }
  return issues;
}

function endOf(fixing: Fixing, calendar: WorkingTime | undefined): number {
  return calendar?.end(fixing.start, fixing.ticks) ?? fixing.start + fixing.ticks;
}

function spanEnd(ready: number, ticks: number, calendar: WorkingTime | undefined): number {
  return calendar ? calendar.end(calendar.start(ready, ticks), ticks) : ready + ticks;
}

/** The earliest end of an operation on a shop that is empty. */
function earliestEnd(problem: Problem, operation: number, ready: number, working: readonly (WorkingTime | undefined)[], only: number | undefined): number {
  let best = Infinity;
  for (let i = problem.alternativeStart[operation] ?? 0; i < (problem.alternativeStart[operation + 1] ?? 0); i++) {
    const machine = problem.alternativeMachine[i] ?? 0;
    if (only === undefined || machine === only) best = Math.min(best, spanEnd(ready, problem.alternativeDuration[i] ?? 0, working[machine]));
  }
  return best;
}
