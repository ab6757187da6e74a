import type { Problem } from '../problem.ts';
import { WorkingTime } from '../working-time.ts';
import { shortestDurations } from './dispatch-plan.ts';
import type { Plan } from './plan.ts';
import { type RoutingData, setupBetween } from './routing-data.ts';

/** Which of the orders that can go on at once goes first: the one with most work left, with least slack to its due date by weight, or with most weight. */
export const dispatchPriorities = ['work', 'slack', 'weight'] as const;
export type DispatchPriority = (typeof dispatchPriorities)[number];

/** The next operation of an order on a machine, with its times. */
interface Candidate {
  order: number;
  machine: number;
  start: number;
  end: number;
}

/**
 * A plan by dispatching that keeps calendars and leaves room for operations whose start is locked: again and again the operation that can start first,
 * on the machine where it ends first.
 */
export function timedDispatch(problem: Problem, data: RoutingData, priority: DispatchPriority, plan: Plan): void {
  const { operations, orders } = data;
  const times = new MachineTimes(problem, data);
  const shortest = shortestDurations(data);
  const work = new Float64Array(orders);
  for (let o = 0; o < operations; o++) work[data.order[o] ?? 0] = (work[data.order[o] ?? 0] ?? 0) + (shortest[o] ?? 0);
  const rank = (j: number): number => {
    if (priority === 'work') return -(work[j] ?? 0);
    const weight = problem.weight[j] ?? 1;
    return priority === 'weight' ? (work[j] ?? 0) / weight : (Math.min(problem.due[j] ?? Infinity, 2 ** 50) - (work[j] ?? 0)) / Math.max(weight, 1e-9);
  };
  const next = new Int32Array(orders).fill(operations);
  for (let o = operations - 1; o >= 0; o--) next[data.order[o] ?? 0] = o;
  const ready = Float64Array.from(data.release);
  const starts = new Float64Array(operations);
  const ends = new Float64Array(operations);
  for (let step = 0; step < operations; step++) {
    let best: Candidate | undefined;
    for (let order = 0; order < orders; order++) {
      const o = next[order] ?? operations;
      if (o === operations) continue;
      const candidate = times.earliest(o, order, ready[order] ?? 0);
      if (best === undefined || candidate.start < best.start || (candidate.start === best.start && rank(order) < rank(best.order))) best = candidate;
    }
    if (best === undefined) break;
    const o = next[best.order] ?? 0;
    plan.machine[o] = best.machine;
    starts[o] = best.start;
    ends[o] = best.end;
    times.place(o, best);
    ready[best.order] = best.end;
    work[best.order] = (work[best.order] ?? 0) - (shortest[o] ?? 0);
    next[best.order] = data.orderAfter[o] ?? operations;
  }
  for (let o = 0; o < operations; o++) plan.sequence[o] = o;
  plan.sequence.sort((a, b) => (starts[a] ?? 0) - (starts[b] ?? 0) || (ends[a] ?? 0) - (ends[b] ?? 0) || a - b);
}

/** When machines are free, with the locked operations that are still to come. */
class MachineTimes {
  readonly #problem: Problem;
  readonly #data: RoutingData;
  readonly #workingTimes: readonly (WorkingTime | undefined)[];
  readonly #free: Float64Array;
  readonly #last: Int32Array;
  /** Per machine: locked operations by start. */
  readonly #locked: readonly number[][];

  constructor(problem: Problem, data: RoutingData) {
    this.#problem = problem;
    this.#data = data;
    this.#workingTimes = problem.calendars.map((calendar) => (calendar === undefined ? undefined : new WorkingTime(calendar)));
    this.#free = new Float64Array(data.machines);
    this.#last = new Int32Array(data.machines).fill(data.operations);
    const locked: number[][] = Array.from({ length: data.machines }, () => []);
    const startOf = (o: number): number => problem.lockedStart[o] ?? -1;
    for (let o = 0; o < data.operations; o++) if (startOf(o) >= 0) locked[problem.lockedMachine[o] ?? 0]?.push(o);
    for (const there of locked) there.sort((a, b) => startOf(a) - startOf(b));
    this.#locked = locked;
  }

  /** Where and when an operation can end first. */
  earliest(o: number, order: number, ready: number): Candidate {
    const data = this.#data;
    let best: Candidate = { order, machine: -1, start: Infinity, end: Infinity };
    for (let a = data.eligibleStart[o] ?? 0; a < (data.eligibleStart[o + 1] ?? 0); a++) {
      const machine = data.eligible[a] ?? 0;
      const candidate = this.#on(o, order, machine, ready);
      if (best.machine < 0 || candidate.end < best.end) best = candidate;
    }
    return best;
  }

  /** Takes the machine for an operation. */
  place(o: number, { machine, start, end }: Candidate): void {
    const pending = this.#locked[machine] ?? [];
    const at = pending.indexOf(o);
    if (at >= 0) pending.splice(at, 1);
    if (start < (this.#free[machine] ?? 0)) return;
    this.#free[machine] = end;
    this.#last[machine] = o;
  }

  #on(o: number, order: number, machine: number, ready: number): Candidate {
    const ticks = this.#data.durationOn[o * this.#data.machines + machine] ?? 0;
    const locked = this.#problem.lockedStart[o] ?? -1;
    if (locked >= 0) return { order, machine, start: Math.max(locked, ready), end: this.#worked(machine, Math.max(locked, ready), ticks) };
    let free = this.#free[machine] ?? 0;
    let last = this.#last[machine] ?? this.#data.operations;
    for (const pending of this.#locked[machine] ?? []) {
      const start = this.#start(machine, last, o, free, ready, ticks);
      const end = this.#worked(machine, start, ticks);
      const lockedStart = this.#problem.lockedStart[pending] ?? 0;
      if (this.#start(machine, o, pending, end, 0, 0) <= lockedStart) return { order, machine, start, end };
      free = Math.max(free, this.#worked(machine, lockedStart, this.#data.durationOn[pending * this.#data.machines + machine] ?? 0));
      last = pending;
    }
    const start = this.#start(machine, last, o, free, ready, ticks);
    return { order, machine, start, end: this.#worked(machine, start, ticks) };
  }

  #start(machine: number, last: number, o: number, free: number, ready: number, ticks: number): number {
    const setup = setupBetween(this.#data, machine, last, o);
    const workingTime = this.#workingTimes[machine];
    if (workingTime === undefined) return Math.max(ready, free + setup);
    const isSet = setup === 0 ? free : workingTime.end(workingTime.start(free, setup), setup);
    return workingTime.start(Math.max(ready, isSet), ticks);
  }

  #worked(machine: number, start: number, ticks: number): number {
    return this.#workingTimes[machine]?.end(start, ticks) ?? start + ticks;
  }
}
