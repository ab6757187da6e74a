import type { Solution } from '../problem.ts';
import type { HeadsAndTails } from './heads-and-tails.ts';
import { type RoutingData, setupBetween } from './routing-data.ts';

/** An operation laid on a machine, after others. */
interface Step {
  readonly operation: number;
  readonly machine: number;
  readonly start: number;
  readonly end: number;
  readonly before: Step | undefined;
}

/** A plan of some operations of each order. */
interface State {
  /** Per order: its next operation, N where it has ended. */
  readonly next: Int32Array;
  /** Per machine: its last operation, N where it has none. */
  readonly last: Int32Array;
  /** Per order and then per machine when it has ended what it has; last the latest start. */
  readonly times: Float64Array;
  /** Shortest durations of the operations to come, added up. */
  readonly workLeft: number;
  readonly step: Step | undefined;
}

/** What was found: a schedule below the bound that was given, if any, and whether nothing better than it, or than that bound, exists. */
export interface ExactResult {
  readonly solution: Solution | undefined;
  readonly isComplete: boolean;
}

/**
 * Branch and bound over all plans for the least makespan of few operations, without calendars and locked starts: lays operations one after the other, each on any of its
 * machines, none to start before the one laid last. Left out is what cannot end before `upperBound` or the best schedule, and what is nowhere earlier than another
 * plan of the same operations with the same last ones on the machines. Ends after `mostStates` states, or when `isOver`, without a proof.
 */
export function exactSearch(data: RoutingData, heads: HeadsAndTails, upperBound: number, mostStates: number, isOver: () => boolean): ExactResult {
  let solution: Solution | undefined;
  let makespan = upperBound;
  const met = new Map<string, Float64Array[]>();
  const open = [emptyState(data, heads)];
  for (let states = 0; ; states++) {
    const state = open.pop();
    if (state === undefined) return { solution, isComplete: true };
    if (states === mostStates || ((states & 15) === 15 && isOver())) return { solution, isComplete: false };
    const steps = nextSteps(data, state);
    if (steps.length === 0) {
      const found = solutionOf(data, state);
      if (found.makespan < makespan) ({ makespan } = solution = found);
      continue;
    }
    if (!canEndBefore(makespan, data, heads, state, steps) || isDominated(data, state, met)) continue;
    steps.sort((a, b) => b.start - a.start || (heads.tail[a.operation] ?? 0) - (heads.tail[b.operation] ?? 0));
    for (const step of steps) {
      if (step.end + (heads.tail[step.operation] ?? 0) < makespan) open.push(stateAfter(data, heads, state, step));
    }
  }
}

function emptyState(data: RoutingData, heads: HeadsAndTails): State {
  const { operations, machines, orders } = data;
  const next = new Int32Array(orders).fill(operations);
  for (let o = operations - 1; o >= 0; o--) next[data.order[o] ?? 0] = o;
  const times = new Float64Array(orders + machines + 1);
  times.set(data.release);
  return { next, last: new Int32Array(machines).fill(operations), times, workLeft: heads.shortest.reduce((sum, ticks) => sum + ticks, 0), step: undefined };
}

function stateAfter(data: RoutingData, heads: HeadsAndTails, state: State, step: Step): State {
  const { operation, machine, start, end } = step;
  const order = data.order[operation] ?? 0;
  const times = state.times.slice();
  times[order] = end;
  times[data.orders + machine] = end;
  times[data.orders + data.machines] = start;
  return {
    next: state.next.with(order, data.orderAfter[operation] ?? 0),
    last: state.last.with(machine, operation),
    times,
    workLeft: state.workLeft - (heads.shortest[operation] ?? 0),
    step,
  };
}

/** Every next operation of an order on each of its machines. */
function nextSteps(data: RoutingData, { next, last, times, step }: State): Step[] {
  const { operations, machines, orders, eligible, eligibleStart, durationOn } = data;
  const now = times[orders + machines] ?? 0;
  const steps: Step[] = [];
  for (const [order, operation] of next.entries()) {
    if (operation === operations) continue;
    const ready = Math.max(now, times[order] ?? 0);
    for (let a = eligibleStart[operation] ?? 0; a < (eligibleStart[operation + 1] ?? 0); a++) {
      const machine = eligible[a] ?? 0;
      const free = (times[orders + machine] ?? 0) + setupBetween(data, machine, last[machine] ?? 0, operation);
      const start = Math.max(ready, free);
      steps.push({ operation, machine, start, end: start + (durationOn[operation * machines + machine] ?? 0), before: step });
    }
  }
  return steps;
}

/**
 * False where an order cannot end before `makespan` on any machine of its next operation, or all machines together have too little time for the work left. Setups do not
 * count: what needs a long one now may need none behind another operation.
 */
function canEndBefore(makespan: number, data: RoutingData, heads: HeadsAndTails, { times, workLeft }: State, steps: readonly Step[]): boolean {
  const { machines, orders, order } = data;
  const now = times[orders + machines] ?? 0;
  let time = 0;
  for (let k = 0; k < machines; k++) time += makespan - 1 - Math.max(now, times[orders + k] ?? 0);
  if (workLeft > time) return false;
  for (const [i, { operation }] of steps.entries()) {
    if (steps[i - 1]?.operation === operation) continue;
    const ready = Math.max(now, times[order[operation] ?? 0] ?? 0);
    const latest = makespan - (heads.tail[operation] ?? 0);
    const inTime = ({ machine, start, end }: Step): boolean => Math.max(ready, times[orders + machine] ?? 0) + end - start < latest;
    if (!steps.some((step) => step.operation === operation && inTime(step))) return false;
  }
  return true;
}

/** True where a state met before is nowhere later; keeps the state where not. */
function isDominated(data: RoutingData, { next, last, times }: State, met: Map<string, Float64Array[]>): boolean {
  const key = data.hasSetups ? `${next.join()};${last.join()}` : next.join();
  const alike = met.get(key);
  if (alike === undefined) {
    met.set(key, [times]);
    return false;
  }
  // What can only go on at the latest start is no later for having ended before it; with setups, machines can.
  const now = times[data.orders + data.machines] ?? 0;
  const limits = times.map((time, i) => (i < data.orders || !data.hasSetups ? Math.max(time, now) : time));
  if (alike.some((other) => other.every((time, i) => time <= (limits[i] ?? 0)))) return true;
  alike.push(times);
  return false;
}

function solutionOf(data: RoutingData, { step }: State): Solution {
  const machine = new Int32Array(data.operations);
  const start = new Float64Array(data.operations);
  const end = new Float64Array(data.operations);
  for (let at = step; at !== undefined; at = at.before) {
    machine[at.operation] = at.machine;
    start[at.operation] = at.start;
    end[at.operation] = at.end;
  }
  const makespan = end.reduce((a, b) => Math.max(a, b), 0);
  return { machine, start, end, objective: makespan, makespan };
}
