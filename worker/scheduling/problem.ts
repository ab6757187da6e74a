/**
 * What a schedule is judged by, smaller is better: `makespan` the last end; `tardiness` Σ weight · max(0, end - due) over the orders;
 * `finish` Σ weight · end over the orders; `setup` the ticks of setup on all machines. The makespan decides between equals.
 */
export type Objective = 'makespan' | 'tardiness' | 'finish' | 'setup';

/**
 * The working windows of a machine, in ticks from the plan's start: window i is [starts[i], ends[i]), ascending, not empty, not overlapping.
 * Work and setups happen only inside windows. Where `period` is Infinity the last window's end is Infinity; otherwise the windows lie
 * inside [0, repeatFrom + period), none crosses `repeatFrom`, and those from `repeatFrom` on (at least one) come again every `period` ticks for ever.
 */
export interface Calendar {
  readonly starts: Float64Array;
  readonly ends: Float64Array;
  readonly repeatFrom: number;
  readonly period: number;
  /** True: work may stop at a window's end and go on at the next start. False: an operation, and likewise a setup, lies in one window. */
  readonly pausing: boolean;
}

/**
 * Setups of a machine between families, and before its first operation. A setup is done on the machine any time after the operation before it
 * ended, also before the next order has arrived (anticipatory): an operation starts no earlier than the end before it plus the setup,
 * counted in working time where the machine has a calendar.
 */
export interface MachineSetups {
  /** Ticks from family a to family b at a · familyCount + b; the triangle inequality need not hold. */
  readonly between: Float64Array;
  /** Ticks before the first operation by its family, from tick 0 on; absent where there are none. */
  readonly initial?: Float64Array;
}

/**
 * Work to be laid on machines: orders of operations that run one after the other, each on one of its alternative machines, without interruption
 * but for breaks. All times are whole ticks (a second, or an instance's own unit), at most 2^53 in sum (2^30 with routings). Order, operation, machine and
 * family are numbered from 0. Operations are numbered order by order: those of order j are orderStart[j] to orderStart[j + 1] - 1.
 */
export interface Problem {
  readonly objective: Objective;
  readonly machineCount: number;
  /** Length orders + 1. */
  readonly orderStart: Int32Array;
  /** Length operations + 1: the alternatives of operation o are alternativeStart[o] to alternativeStart[o + 1] - 1, each on another machine. */
  readonly alternativeStart: Int32Array;
  readonly alternativeMachine: Int32Array;
  /** Working ticks of each alternative, whole and not negative. */
  readonly alternativeDuration: Float64Array;
  /** Per order: the tick before which its first operation cannot start. */
  readonly release: Float64Array;
  /** Per order: the tick at which its last operation should have ended; Infinity where there is none. */
  readonly due: Float64Array;
  /** Per order, not negative. */
  readonly weight: Float64Array;
  /** Families of setups; 0 where there are no setups. */
  readonly familyCount: number;
  /** Per operation. */
  readonly setupFamily: Int32Array;
  /** Per machine; undefined where it needs none. */
  readonly setups: readonly (MachineSetups | undefined)[];
  /** Per machine; undefined where it works always. */
  readonly calendars: readonly (Calendar | undefined)[];
  /** Per operation: the machine that it must stay on, -1 where it is free. */
  readonly lockedMachine: Int32Array;
  /** Per operation: the tick at which it must start, -1 where it is free; a start is locked only together with a machine. */
  readonly lockedStart: Float64Array;
}

/** A schedule: machine, start and end of every operation, and what it is judged by. Operations on a machine run in the order of their starts. */
export interface Solution {
  readonly machine: Int32Array;
  readonly start: Float64Array;
  readonly end: Float64Array;
  readonly objective: number;
  readonly makespan: number;
}

/** The operations of each machine in the order in which they run: what the engines search over; earliest starts follow from it. */
export type MachineSequences = readonly Int32Array[];

/** How an engine is run: seeded, so that the same seed and iterations give the same answer, whatever the clock says. */
export interface EngineOptions {
  /** 0 to 2^31 - 1. */
  readonly seed: number;
  /** Iterations at most, in the engine's own unit; without limit where absent. */
  readonly iterations?: number;
  /** The clock, in milliseconds; passed in so that tests need none. */
  readonly now: () => number;
  /** The engine returns soon after `now()` has reached this. */
  readonly deadline: number;
  /** Asked every few milliseconds: true to return at once with the best so far. */
  readonly stop: () => boolean;
  /** Called with each schedule better than those before. */
  readonly onImproved?: (solution: Solution) => void;
  /** A schedule to start from. */
  readonly incumbent?: Solution;
  /** A proven bound: a schedule that reaches it is optimal and ends the search. */
  readonly lowerBound?: number;
}

/** An anytime solver: returns the best schedule it found, always a complete and correct one. */
export type Engine = (problem: Problem, options: EngineOptions) => Solution;

/** True where the first has the smaller objective, or at equal ones the smaller makespan. */
export function isBetter(one: Pick<Solution, 'objective' | 'makespan'>, other: Pick<Solution, 'objective' | 'makespan'>): boolean {
  return one.objective < other.objective || (one.objective === other.objective && one.makespan < other.makespan);
}

/** Orders of a problem. */
export function orderCount(problem: Problem): number {
  return problem.orderStart.length - 1;
}

/** Operations of a problem. */
export function operationCount(problem: Problem): number {
  return problem.alternativeStart.length - 1;
}

/** The order of each operation. */
export function orderOfOperation(problem: Problem): Int32Array {
  const order = new Int32Array(operationCount(problem));
  for (let j = 0; j < orderCount(problem); j++) order.fill(j, problem.orderStart[j], problem.orderStart[j + 1]);
  return order;
}

/** What the parts of a problem are where nothing is said of them: no releases, due dates, setups, calendars or locks, weight 1. */
export type ProblemCore = Pick<Problem, 'machineCount' | 'orderStart' | 'alternativeStart' | 'alternativeMachine' | 'alternativeDuration'> & Partial<Problem>;

/** A problem with everything that is left out set to its default; the objective's is `makespan`. */
export function makeProblem(core: ProblemCore): Problem {
  const orders = core.orderStart.length - 1;
  const operations = core.alternativeStart.length - 1;
  return {
    objective: 'makespan',
    release: new Float64Array(orders),
    due: new Float64Array(orders).fill(Infinity),
    weight: new Float64Array(orders).fill(1),
    familyCount: 0,
    setupFamily: new Int32Array(operations),
    setups: Array.from({ length: core.machineCount }, () => undefined),
    calendars: Array.from({ length: core.machineCount }, () => undefined),
    lockedMachine: new Int32Array(operations).fill(-1),
    lockedStart: new Float64Array(operations).fill(-1),
    ...core,
  };
}
