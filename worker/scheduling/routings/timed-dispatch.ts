import type { Problem } from '../problem.ts';
import { shortestDurations } from './dispatch-plan.ts';
import { MachineTimes } from './machine-times.ts';
import { OpenOperations } from './open-operations.ts';
import type { Plan } from './plan.ts';
import type { RoutingData } from './routing-data.ts';

/** Which of the orders that can go on at once goes first: the one with most work left, with least slack to its due date by weight, or with most weight. */
export const dispatchPriorities = ['work', 'slack', 'weight'] as const;
type DispatchPriority = (typeof dispatchPriorities)[number];

/** Operations laid between two looks at the clock. */
const operationsBetweenLooks = 64;

/**
 * A plan by dispatching that keeps calendars and leaves room for operations whose start is locked: again and again the operation that can start first,
 * on the machine where it ends first. False, with the plan half made, where `isOver`, asked now and then, ends it.
 */
export function timedDispatch(problem: Problem, data: RoutingData, priority: DispatchPriority, plan: Plan, isOver = (): boolean => false): boolean {
  const { operations, order, orderBefore, orderAfter, release } = data;
  const times = new MachineTimes(problem, data);
  const open = new OpenOperations(problem, data, times, ranks(problem, data, priority));
  const starts = new Float64Array(operations);
  const ends = new Float64Array(operations);
  for (let o = 0; o < operations; o++) if ((orderBefore[o] ?? 0) > operations) open.add(o, release[order[o] ?? 0] ?? 0);
  let placed = 0;
  for (let placing = open.first(); placing !== undefined; placing = open.first()) {
    if (++placed % operationsBetweenLooks === 0 && isOver()) return false;
    const { operation, machine, start, end } = placing;
    plan.machine[operation] = machine;
    starts[operation] = start;
    ends[operation] = end;
    times.place(placing);
    open.take(placing);
    const next = orderAfter[operation] ?? operations;
    if (next < operations) open.add(next, end);
  }
  for (let o = 0; o < operations; o++) plan.sequence[o] = o;
  plan.sequence.sort((a, b) => (starts[a] ?? 0) - (starts[b] ?? 0) || (ends[a] ?? 0) - (ends[b] ?? 0) || a - b);
  return true;
}

/** Per operation: the least goes first, by its order and the work that is left from it on. */
function ranks(problem: Problem, data: RoutingData, priority: DispatchPriority): Float64Array {
  const { operations, order, orderAfter } = data;
  const work = shortestDurations(data);
  for (let o = operations - 1; o >= 0; o--) {
    const next = orderAfter[o] ?? operations;
    if (next < operations) work[o] = (work[o] ?? 0) + (work[next] ?? 0);
  }
  if (priority === 'work') return work.map((ticks) => -ticks);
  return work.map((ticks, o) => {
    const j = order[o] ?? 0;
    const weight = problem.weight[j] ?? 1;
    return priority === 'weight' ? ticks / weight : (Math.min(problem.due[j] ?? Infinity, 2 ** 50) - ticks) / Math.max(weight, 1e-9);
  });
}
