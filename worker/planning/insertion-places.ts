import { type Problem, type Solution, orderOfOperation } from '../scheduling/problem.ts';
import type { WorkingTime } from '../scheduling/working-time.ts';
import { plannedTicks, setupTicks } from './plan-timing.ts';

/** A place for an operation: on a machine, ahead of another operation, or behind all where that is -1. */
export interface InsertionPlace {
  machine: number;
  ahead: number;
  /** Weighted ticks that it is thought to cost; smaller is better. */
  cost: number;
}

/** Places looked at on each machine, evenly spread. */
const placesPerMachine = 60;

/**
 * The most promising places for an operation in a plan, best first: what each would make late, the operation itself and all behind it on the machine, which are pushed back as far as
 * the idle time between them does not absorb it. Effects on other machines are not looked at: whoever chooses among these times the plan again.
 */
export function insertionPlaces(problem: Problem, plan: Solution, sequences: readonly (readonly number[])[], operation: number, working: readonly (WorkingTime | undefined)[], count: number): InsertionPlace[] {
  const orderOf = orderOfOperation(problem);
  const order = orderOf[operation] ?? 0;
  const planned = plannedTicks(problem, plan.machine);
  const ready = operation === problem.orderStart[order] ? (problem.release[order] ?? 0) : (plan.end[operation - 1] ?? 0);
  const isLast = (o: number): boolean => o + 1 === problem.orderStart[(orderOf[o] ?? 0) + 1];
  const cost = (o: number, before: number, after: number): number => {
    const j = orderOf[o] ?? 0;
    const weight = problem.weight[j] ?? 1;
    if (problem.objective !== 'tardiness') return weight * (after - before);
    const due = problem.due[j] ?? Infinity;
    // What is not the order's last operation only matters through those behind it: its delay breaks ties.
    return isLast(o) ? weight * (Math.max(0, after - due) - Math.max(0, before - due)) + 1e-6 * (after - before) : 1e-3 * weight * (after - before);
  };
  const places: InsertionPlace[] = [];
  const keep = (place: InsertionPlace): void => {
    places.splice(places.findLastIndex(({ cost: other }) => other <= place.cost) + 1, 0, place);
    places.length = Math.min(places.length, count);
  };
  for (let i = problem.alternativeStart[operation] ?? 0; i < (problem.alternativeStart[operation + 1] ?? 0); i++) {
    const machine = problem.alternativeMachine[i] ?? 0;
    const ticks = problem.alternativeDuration[i] ?? 0;
    const sequence = sequences[machine] ?? [];
    const calendar = working[machine];
    const end = (from: number, work: number): number => (work === 0 ? from : calendar ? calendar.end(calendar.start(from, work), work) : from + work);
    const idle = (from: number, to: number): number => (to <= from ? 0 : (calendar?.between(from, to) ?? to - from));
    const step = Math.max(1, sequence.length / placesPerMachine);
    for (let at = sequence.length; at >= 0; at = at === 0 ? -1 : Math.max(0, Math.floor(at - step))) {
      const before = sequence[at - 1] ?? -1;
      const free = before < 0 ? 0 : (plan.end[before] ?? 0);
      const finish = end(Math.max(ready, end(free, setupTicks(problem, machine, before, operation))), ticks);
      let sum = cost(operation, 0, finish);
      let previous = operation;
      let previousEnd = finish;
      const most = places.length < count ? Infinity : (places.at(-1)?.cost ?? Infinity);
      // What follows only adds to the sum: a place that already costs too much need not be followed to the end of the plan.
      for (let k = at; k < sequence.length && sum < most; k++) {
        const next = sequence[k] ?? 0;
        const start = plan.start[next] ?? 0;
        const earliest = end(previousEnd, setupTicks(problem, machine, previous, next));
        if (earliest <= start || idle(start, earliest) === 0) break;
        const pushed = end(earliest, planned[next] ?? 0);
        sum += cost(next, plan.end[next] ?? 0, pushed);
        previous = next;
        previousEnd = pushed;
      }
      if (sum < most) keep({ machine, ahead: sequence[at] ?? -1, cost: sum });
    }
  }
  return places;
}
