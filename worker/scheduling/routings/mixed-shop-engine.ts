import { type EngineOptions, type Problem, type Solution, isBetter, operationCount, orderCount, orderOfOperation } from '../problem.ts';
import { improveSchedule } from '../single-operations/single-operation-engine.ts';
import { sumOverOrders } from '../sum-over-orders.ts';
import { annealCriticalMoves } from './critical-annealing-engine.ts';

/** Turns that each of the two searches takes. */
const turns = 2;

/** Share of the operations in routings up to which taking turns comes further in ten seconds than annealing alone: held where they are, they leave the others too little room. */
const mostRouted = 0.1;

/** True where nearly all operations are orders of their own, but not all. */
export function isMostlySingle(problem: Problem): boolean {
  const share = singleShare(problem);
  return share < 1 && share >= 1 - mostRouted;
}

/**
 * Annealing of everything takes turns with the search for single operations, for which all operations of routings are locked where they are: in a shop of mostly
 * single parts a few routings do not take from these the engine that is better for them. An iteration is one of the search whose turn it is.
 */
export function searchMixedShop(problem: Problem, options: EngineOptions): Solution {
  const { now, deadline, iterations } = options;
  const share = singleShare(problem);
  const began = now();
  let done = 0;
  const turn = (part: number, incumbent: Solution | undefined): EngineOptions => {
    done += part / turns;
    const budget = iterations === undefined ? {} : { iterations: Math.floor((part / turns) * iterations) };
    return { ...options, ...budget, deadline: iterations === undefined ? began + done * (deadline - began) : deadline, ...(incumbent === undefined ? {} : { incumbent }) };
  };
  const takeTurns = (from: Solution | undefined, isFirst: boolean): Solution =>
    planSingles(problem, annealCriticalMoves(problem, turn(1 - share, from)), turn(share, undefined), isFirst);
  let best = takeTurns(options.incumbent, true);
  for (let i = 1; i < turns && now() < deadline; i++) best = takeTurns(best, false);
  return best;
}

function planSingles(problem: Problem, incumbent: Solution, options: EngineOptions, byRulesToo: boolean): Solution {
  if (options.now() >= options.deadline) return incumbent;
  const singles = singlesAmong(problem, incumbent);
  const whole = (found: Solution): Solution => (problem.objective === 'tardiness' || problem.objective === 'finish' ? { ...found, objective: sumOverOrders(problem, found.end) } : found);
  const found = whole(improveSchedule(singles, { ...options, incumbent, lowerBound: 0, onImproved: (solution) => options.onImproved?.(whole(solution)) }, byRulesToo));
  return isBetter(found, incumbent) ? found : incumbent;
}

/** The single operations as they are, those of routings as orders of their own that are locked where the schedule has them and cost nothing. */
function singlesAmong(problem: Problem, { machine, start }: Solution): Problem {
  const operations = operationCount(problem);
  const order = orderOfOperation(problem);
  const isSingle = (o: number): boolean => isSingleOrder(problem, order[o] ?? 0);
  const ofOrder = (values: Float64Array, other: number): Float64Array => Float64Array.from(order, (j, o) => (isSingle(o) ? (values[j] ?? 0) : other));
  return {
    ...problem,
    orderStart: Int32Array.from({ length: operations + 1 }, (_, o) => o),
    release: ofOrder(problem.release, 0),
    due: ofOrder(problem.due, Infinity),
    weight: ofOrder(problem.weight, 0),
    lockedMachine: problem.lockedMachine.map((locked, o) => (isSingle(o) ? locked : (machine[o] ?? 0))),
    lockedStart: problem.lockedStart.map((locked, o) => (isSingle(o) ? locked : (start[o] ?? 0))),
  };
}

function singleShare(problem: Problem): number {
  let count = 0;
  for (let j = 0; j < orderCount(problem); j++) if (isSingleOrder(problem, j)) count++;
  return count / operationCount(problem);
}

function isSingleOrder({ orderStart }: Problem, j: number): boolean {
  return (orderStart[j + 1] ?? 0) - (orderStart[j] ?? 0) === 1;
}
