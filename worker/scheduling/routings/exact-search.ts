import { type Problem, type Solution, isBetter } from '../problem.ts';
import { orderCost } from '../sum-over-orders.ts';
import type { HeadsAndTails } from './heads-and-tails.ts';
import { OperationTimes } from './operation-times.ts';
import { type RoutingData, setupBetween } from './routing-data.ts';

/** An operation laid on a machine, after others. */
interface Step {
  readonly operation: number;
  readonly machine: number;
  readonly start: number;
  readonly end: number;
  /** What it adds to the objective's sum. */
  readonly cost: number;
  readonly before: Step | undefined;
}

/** A plan of some operations of each order. */
interface State {
  /** Per order: its next operation, N where it has ended. */
  readonly next: Int32Array;
  /** Per machine: its last operation, N where it has none. */
  readonly last: Int32Array;
  /** Per order and then per machine when it has ended what it has; then the latest start, the last end and the objective's sum. */
  readonly times: Float64Array;
  /** Shortest durations of the operations to come, added up. */
  readonly workLeft: number;
  /** How many operations are to come. */
  readonly left: number;
  readonly step: Step | undefined;
}

/** What a plan must be better than. */
type Limit = Pick<Solution, 'objective' | 'makespan'>;

/** What was found: a schedule better than what was given, if any, and whether nothing better than it, or than what was given, exists. */
export interface ExactResult {
  readonly solution: Solution | undefined;
  readonly isComplete: boolean;
}

/**
 * Branch and bound over all plans of few operations for the least objective and then makespan: lays operations one after the other, each on any of its machines, none to start before
 * the one laid last. Left out is what cannot become better than `limit` or the best schedule, and what is at no point ahead of another
 * plan of the same operations with the same families last on the machines. Ends without a proof where `goOn` is false.
 */
export function exactSearch(problem: Problem, data: RoutingData, heads: HeadsAndTails, limit: Limit, goOn: () => boolean): ExactResult {
  const search = new ExactSearch(problem, data, heads, limit);
  const isComplete = search.run(goOn);
  return { solution: search.solution, isComplete };
}

class ExactSearch {
  solution: Solution | undefined;
  readonly #problem: Problem;
  readonly #data: RoutingData;
  readonly #heads: HeadsAndTails;
  readonly #times: OperationTimes;
  readonly #met = new Map<string, Float64Array[]>();
  #limit: Limit;

  constructor(problem: Problem, data: RoutingData, heads: HeadsAndTails, limit: Limit) {
    this.#problem = problem;
    this.#data = data;
    this.#heads = heads;
    this.#limit = limit;
    this.#times = new OperationTimes(problem, data);
  }

  /** Goes through all plans; false where it ended early. */
  run(goOn: () => boolean): boolean {
    const open = [this.#empty()];
    for (let state = open.pop(); state !== undefined; state = open.pop()) {
      if (!goOn()) return false;
      if (state.left === 0) this.#take(state);
      if (state.left === 0 || !this.#canBeBetter(state) || this.#isDominated(state)) continue;
      const steps = this.#nextSteps(state);
      steps.sort((a, b) => b.start - a.start || this.#tail(a.operation) - this.#tail(b.operation));
      for (const step of steps) if (this.#isInTime(step)) open.push(this.#after(state, step));
    }
    return true;
  }

  #empty(): State {
    const { operations, machines, orders, order, release } = this.#data;
    const next = new Int32Array(orders).fill(operations);
    for (let o = operations - 1; o >= 0; o--) next[order[o] ?? 0] = o;
    const times = new Float64Array(orders + machines + 3);
    times.set(release);
    return { next, last: new Int32Array(machines).fill(operations), times, workLeft: this.#heads.shortest.reduce((sum, ticks) => sum + ticks, 0), left: operations, step: undefined };
  }

  #after(state: State, step: Step): State {
    const { orders, machines, order, orderAfter } = this.#data;
    const { operation, machine, start, end, cost } = step;
    const j = order[operation] ?? 0;
    const times = state.times.slice();
    const common = orders + machines;
    times[j] = end;
    times[orders + machine] = end;
    times[common] = start;
    times[common + 1] = Math.max(times[common + 1] ?? 0, end);
    times[common + 2] = (times[common + 2] ?? 0) + cost;
    return {
      next: state.next.with(j, orderAfter[operation] ?? 0),
      last: state.last.with(machine, operation),
      times,
      workLeft: state.workLeft - (this.#heads.shortest[operation] ?? 0),
      left: state.left - 1,
      step,
    };
  }

  /** Every next operation of an order on each of its machines. */
  #nextSteps({ next, last, times, step }: State): Step[] {
    const { operations, machines, orders, eligible, eligibleStart, durationOn } = this.#data;
    const now = times[orders + machines] ?? 0;
    const steps: Step[] = [];
    for (const [order, operation] of next.entries()) {
      if (operation === operations) continue;
      const ready = Math.max(now, times[order] ?? 0);
      const locked = this.#problem.lockedStart[operation] ?? -1;
      for (let a = eligibleStart[operation] ?? 0; a < (eligibleStart[operation + 1] ?? 0); a++) {
        const machine = eligible[a] ?? 0;
        const ticks = durationOn[operation * machines + machine] ?? 0;
        const earliest = this.#times.start(machine, last[machine] ?? 0, operation, times[orders + machine] ?? 0, ready, ticks);
        if (earliest === Infinity || (locked >= 0 && earliest > locked)) continue;
        const start = Math.max(earliest, locked);
        const end = this.#times.end(machine, start, ticks);
        steps.push({ operation, machine, start, end, cost: this.#costOf(operation, end, setupBetween(this.#data, machine, last[machine] ?? 0, operation)), before: step });
      }
    }
    return steps;
  }

  #costOf(operation: number, end: number, setup: number): number {
    if (this.#problem.objective === 'setup') return setup;
    const isLast = this.#data.orderAfter[operation] === this.#data.operations;
    return isLast ? orderCost(this.#problem, this.#data.order[operation] ?? 0, end) : 0;
  }

  #tail(operation: number): number {
    return this.#heads.tail[operation] ?? 0;
  }

  #isInTime({ operation, end }: Step): boolean {
    return this.#problem.objective !== 'makespan' || end + this.#tail(operation) < this.#limit.makespan;
  }

  /**
   * False where the orders, each on the best machine of its next operation, come to no better objective, or where the makespan counts and all machines together have too little
   * time for the work left. Setups do not count: what needs a long one now may need none behind another operation.
   */
  #canBeBetter({ next, times, workLeft }: State): boolean {
    const { operations, machines, orders, eligible, eligibleStart, durationOn } = this.#data;
    const now = times[orders + machines] ?? 0;
    let makespan = times[orders + machines + 1] ?? 0;
    let cost = times[orders + machines + 2] ?? 0;
    for (const [order, operation] of next.entries()) {
      if (operation === operations) continue;
      const ready = Math.max(now, times[order] ?? 0);
      let end = Infinity;
      for (let a = eligibleStart[operation] ?? 0; a < (eligibleStart[operation + 1] ?? 0); a++) {
        const machine = eligible[a] ?? 0;
        end = Math.min(end, Math.max(ready, times[orders + machine] ?? 0) + (durationOn[operation * machines + machine] ?? 0));
      }
      end += this.#tail(operation);
      makespan = Math.max(makespan, end);
      cost += orderCost(this.#problem, order, end);
    }
    const isMakespan = this.#problem.objective === 'makespan';
    if (!isBetter({ objective: isMakespan ? makespan : cost, makespan }, this.#limit)) return false;
    if (!isMakespan) return true;
    let time = 0;
    for (let k = 0; k < machines; k++) time += this.#limit.makespan - 1 - Math.max(now, times[orders + k] ?? 0);
    return workLeft <= time;
  }

  /** True where a state met before is nowhere later nor dearer; keeps the state where not. */
  #isDominated({ next, last, times }: State): boolean {
    const { orders, machines, hasSetups, operations, family } = this.#data;
    const key = hasSetups ? `${next.join()};${last.map((o) => (o === operations ? -1 : (family[o] ?? 0))).join()}` : next.join();
    const alike = this.#met.get(key);
    if (alike === undefined) {
      this.#met.set(key, [times]);
      return false;
    }
    // What can only go on at the latest start is no later for having ended before it; with setups, machines can.
    const now = times[orders + machines] ?? 0;
    const limits = times.map((time, i) => (i < orders || (i < orders + machines && !hasSetups) ? Math.max(time, now) : time));
    if (alike.some((other) => other.every((time, i) => time <= (limits[i] ?? 0)))) return true;
    alike.push(times);
    return false;
  }

  #take({ times, step }: State): void {
    const { operations, orders, machines } = this.#data;
    const makespan = times[orders + machines + 1] ?? 0;
    const objective = this.#problem.objective === 'makespan' ? makespan : (times[orders + machines + 2] ?? 0);
    if (!isBetter({ objective, makespan }, this.#limit)) return;
    const machine = new Int32Array(operations);
    const start = new Float64Array(operations);
    const end = new Float64Array(operations);
    for (let at = step; at !== undefined; at = at.before) {
      machine[at.operation] = at.machine;
      start[at.operation] = at.start;
      end[at.operation] = at.end;
    }
    this.solution = { machine, start, end, objective, makespan };
    this.#limit = this.solution;
  }
}
