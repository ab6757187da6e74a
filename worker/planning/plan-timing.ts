import { type Problem, type Solution, operationCount, orderCount, orderOfOperation } from '../scheduling/problem.ts';
import { WorkingTime } from '../scheduling/working-time.ts';

/** Setup ticks on a machine from one operation to the next; `before` is -1 ahead of the machine's first. */
export function setupTicks(problem: Problem, machine: number, before: number, operation: number): number {
  const setups = problem.setups[machine];
  if (!setups) return 0;
  const family = problem.setupFamily[operation] ?? 0;
  if (before < 0) return setups.initial?.[family] ?? 0;
  return setups.between[(problem.setupFamily[before] ?? 0) * problem.familyCount + family] ?? 0;
}

/** Looks up the working time of each machine; undefined where it works always. */
export function workingTimes(problem: Problem): (WorkingTime | undefined)[] {
  return problem.calendars.map((calendar) => calendar && new WorkingTime(calendar));
}

/** Working ticks of each operation on the machine that a solution gives it. */
export function plannedTicks(problem: Problem, machines: Int32Array): Float64Array {
  return Float64Array.from(machines, (machine, operation) => {
    for (let i = problem.alternativeStart[operation] ?? 0; i < (problem.alternativeStart[operation + 1] ?? 0); i++) {
      if (problem.alternativeMachine[i] === machine) return problem.alternativeDuration[i] ?? 0;
    }
    throw new RangeError(`operation ${operation} has no machine ${machine}`);
  });
}

/** Ends, makespan and objective of one timing. */
export interface Timing {
  readonly start: Float64Array;
  readonly end: Float64Array;
  makespan: number;
}

/**
 * The dispatch order of a plan, kept whatever the durations turn out to be: every machine works on its operations in the order of the plan, each as soon as
 * its order, the machine and its setup are ready. One `run` takes O(operations · log windows) and allocates nothing.
 */
export class PlanTiming {
  readonly problem: Problem;
  readonly machine: Int32Array;
  /** Working ticks as planned. */
  readonly planned: Float64Array;
  /** The operation before each on its machine; -1 ahead of the first. */
  readonly before: Int32Array;
  /** Setup ticks ahead of each operation. */
  readonly setup: Float64Array;
  readonly #order: Int32Array;
  readonly #orderOf: Int32Array;
  readonly #first: Uint8Array;

  constructor(problem: Problem, solution: Pick<Solution, 'machine' | 'start' | 'end'>) {
    const count = operationCount(problem);
    this.problem = problem;
    this.machine = solution.machine;
    this.planned = plannedTicks(problem, solution.machine);
    // In the order of starts every operation comes behind those that it waits for: all take time.
    this.#order = Int32Array.from({ length: count }, (_, operation) => operation).sort(
      (a, b) => (solution.start[a] ?? 0) - (solution.start[b] ?? 0) || (solution.end[a] ?? 0) - (solution.end[b] ?? 0) || a - b,
    );
    this.#orderOf = orderOfOperation(problem);
    this.#first = new Uint8Array(count);
    for (let order = 0; order < orderCount(problem); order++) this.#first[problem.orderStart[order] ?? 0] = 1;
    this.before = new Int32Array(count).fill(-1);
    this.setup = new Float64Array(count);
    const last = new Int32Array(problem.machineCount).fill(-1);
    for (const operation of this.#order) {
      const machine = this.machine[operation] ?? 0;
      this.before[operation] = last[machine] ?? -1;
      this.setup[operation] = setupTicks(problem, machine, last[machine] ?? -1, operation);
      last[machine] = operation;
    }
  }

  /** An empty timing to run into. */
  timing(): Timing {
    const count = operationCount(this.problem);
    return { start: new Float64Array(count), end: new Float64Array(count), makespan: 0 };
  }

  /**
   * Times the plan with these working ticks. Where work must not pause, an operation starts where its planned ticks fit, as whoever starts it knows no
   * better, and runs into the break where it takes longer.
   */
  run(ticks: Float64Array, working: readonly (WorkingTime | undefined)[], into: Timing): void {
    const { problem, machine, before, setup, planned } = this;
    const { start, end } = into;
    let makespan = 0;
    for (const operation of this.#order) {
      const m = machine[operation] ?? 0;
      const previous = before[operation] ?? -1;
      const length = ticks[operation] ?? 0;
      let ready = previous < 0 ? 0 : (end[previous] ?? 0);
      const calendar = working[m];
      const change = setup[operation] ?? 0;
      if (change > 0) ready = calendar ? calendar.end(calendar.start(ready, change), change) : ready + change;
      const order = this.#first[operation] === 1 ? (problem.release[this.#orderOf[operation] ?? 0] ?? 0) : (end[operation - 1] ?? 0);
      ready = Math.max(ready, order, problem.lockedStart[operation] ?? -1);
      let from = ready;
      let to = ready + length;
      if (calendar) {
        from = calendar.start(ready, problem.calendars[m]?.pausing === false ? (planned[operation] ?? 0) : length);
        to = calendar.end(from, length);
      }
      start[operation] = from;
      end[operation] = to;
      if (to > makespan) makespan = to;
    }
    into.makespan = makespan;
  }
}

/** The end of each order: that of its last operation. */
export function finishOf(problem: Problem, end: Float64Array, order: number): number {
  return end[(problem.orderStart[order + 1] ?? 0) - 1] ?? 0;
}

/** Σ weight · ticks late over the orders. */
export function weightedTardiness(problem: Problem, end: Float64Array): number {
  let sum = 0;
  for (let order = 0; order < orderCount(problem); order++) {
    const late = finishOf(problem, end, order) - (problem.due[order] ?? Infinity);
    if (late > 0) sum += late * (problem.weight[order] ?? 1);
  }
  return sum;
}

/** What a timing is judged by. */
export function objectiveOf(problem: Problem, timing: Timing, setup: Float64Array): number {
  switch (problem.objective) {
    case 'makespan':
      return timing.makespan;
    case 'setup':
      return setup.reduce((sum, ticks) => sum + ticks, 0);
    case 'tardiness':
      return weightedTardiness(problem, timing.end);
    case 'finish': {
      let sum = 0;
      for (let order = 0; order < orderCount(problem); order++) sum += (problem.weight[order] ?? 1) * finishOf(problem, timing.end, order);
      return sum;
    }
    default:
      return problem.objective satisfies never;
  }
}
