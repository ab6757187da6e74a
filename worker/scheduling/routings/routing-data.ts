import { SpindleError } from '../../../common/errors.ts';
import { type Problem, operationCount, orderCount, orderOfOperation } from '../problem.ts';

/**
 * A problem with routings as flat arrays for the engines. Operation N (the number of operations) stands for "none"; indices above it
 * stand for the releases of the orders, so that loops need no cases for the first operation of an order or a machine.
 */
export interface RoutingData {
  readonly operations: number;
  readonly machines: number;
  readonly orders: number;
  readonly order: Int32Array;
  readonly release: Float64Array;
  /** Per operation: the one before it in its order, N + 1 + order for the first. */
  readonly orderBefore: Int32Array;
  /** Per operation: the one after it in its order, N for the last. */
  readonly orderAfter: Int32Array;
  /** The last operation of each order that has any. */
  readonly lastOfOrder: Int32Array;
  /** Ticks of operation o on machine k at o · machines + k; Infinity where it cannot run there or is locked elsewhere. */
  readonly durationOn: Float64Array;
  /** The machines of operation o are eligible[eligibleStart[o]] to eligible[eligibleStart[o + 1] - 1]; only the locked one where it is locked. */
  readonly eligibleStart: Int32Array;
  readonly eligible: Int32Array;
  /** True where any machine has setups. */
  readonly hasSetups: boolean;
  readonly familyCount: number;
  readonly family: Int32Array;
  readonly setups: Problem['setups'];
}

/** Ticks that a plan with routings may take in all: the engines count in 32 bits. 34 years of seconds. */
export const mostTicks = 2 ** 30;

/** The arrays of a problem. Throws `invalid_body` where all its work one after the other would take more than 2^30 ticks. */
export function routingData(problem: Problem): RoutingData {
  const horizon = longestPlan(problem);
  if (horizon > mostTicks) throw new SpindleError('invalid_body', `the durations, setups and releases: expected at most ${mostTicks} ticks in all, got ${horizon}; count in longer ticks`);
  const operations = operationCount(problem);
  const orders = orderCount(problem);
  const machines = problem.machineCount;
  const order = orderOfOperation(problem);
  const orderBefore = new Int32Array(operations);
  const orderAfter = new Int32Array(operations);
  const durationOn = new Float64Array(operations * machines).fill(Infinity);
  const eligibleStart = new Int32Array(operations + 1);
  const eligible: number[] = [];
  for (let o = 0; o < operations; o++) {
    const j = order[o] ?? 0;
    orderBefore[o] = o === problem.orderStart[j] ? operations + 1 + j : o - 1;
    orderAfter[o] = o + 1 === problem.orderStart[j + 1] ? operations : o + 1;
    const locked = problem.lockedMachine[o] ?? -1;
    for (let i = problem.alternativeStart[o] ?? 0; i < (problem.alternativeStart[o + 1] ?? 0); i++) {
      const machine = problem.alternativeMachine[i] ?? 0;
      if (locked >= 0 && machine !== locked) continue;
      durationOn[o * machines + machine] = problem.alternativeDuration[i] ?? Infinity;
      eligible.push(machine);
    }
    eligibleStart[o + 1] = eligible.length;
  }
  return {
    operations,
    machines,
    orders,
    order,
    release: problem.release,
    orderBefore,
    orderAfter,
    lastOfOrder: Int32Array.from([...orderAfter.keys()].filter((o) => orderAfter[o] === operations)),
    durationOn,
    eligibleStart,
    eligible: Int32Array.from(eligible),
    hasSetups: problem.setups.some((setups) => setups !== undefined),
    familyCount: problem.familyCount,
    family: problem.setupFamily,
    setups: problem.setups,
  };
}

/** The ticks that a plan can take at most: the last release, then every operation at its longest with the longest setup before it. */
export function longestPlan(problem: Problem): number {
  // Machines share their matrices.
  const setups = new Set(problem.setups.flatMap((machine) => (machine === undefined ? [] : [machine.between, machine.initial ?? new Float64Array(0)])));
  const longestSetup = [...setups].reduce((most, ticks) => ticks.reduce((a, b) => Math.max(a, b), most), 0);
  let ticks = problem.release.reduce((a, b) => Math.max(a, b), 0) + operationCount(problem) * longestSetup;
  for (let o = 0; o < operationCount(problem); o++) {
    ticks += problem.alternativeDuration.subarray(problem.alternativeStart[o], problem.alternativeStart[o + 1]).reduce((a, b) => Math.max(a, b), 0);
  }
  return ticks;
}

/** Ticks of setup on a machine between two operations; `before` may be N, the machine's start, and `after` N, its end. */
export function setupBetween(data: RoutingData, machine: number, before: number, after: number): number {
  if (!data.hasSetups || after >= data.operations) return 0;
  const setups = data.setups[machine];
  if (setups === undefined) return 0;
  const family = data.family[after] ?? 0;
  if (before >= data.operations) return setups.initial === undefined ? 0 : (setups.initial[family] ?? 0);
  return setups.between[(data.family[before] ?? 0) * data.familyCount + family] ?? 0;
}
