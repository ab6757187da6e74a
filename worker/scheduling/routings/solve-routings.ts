import type { Engine, Problem, Solution } from '../problem.ts';
import type { BoundedSolution, SolverOptions } from '../solver.ts';
import { assignmentBound } from './assignment-bound.ts';
import { annealCriticalMoves } from './critical-annealing-engine.ts';
import { searchElitePlans } from './elite-tabu-engine.ts';
import { exactSearch } from './exact-search.ts';
import { type HeadsAndTails, headsAndTails } from './heads-and-tails.ts';
import { machineLoadBound } from './machine-load-bound.ts';
import { destructiveBound } from './makespan-refutation.ts';
import { orderBound } from './order-bound.ts';
import { type RoutingData, routingData } from './routing-data.ts';

/** Share of the time, and iterations, for a first schedule, which bounds need. */
const firstShare = 0.03;
const firstIterations = 20_000;

/** Share of the time for the linear programme of flexible shops, and as much again for refuting makespans. */
const boundShare = 0.08;

/** Share of the time, states and operations at most for the exact search: most flexible shops of up to 18 operations take less, few larger ones do. */
const exactShare = 0.05;
const exactStates = 100_000;
const exactOperations = 40;

/** Solves problems in which orders have several operations: job shops and flexible job shops. */
export async function solveRoutings(problem: Problem, options: SolverOptions): Promise<BoundedSolution> {
  const data = routingData(problem);
  const heads = headsAndTails(data);
  const engine = chooseEngine(problem);
  if (problem.objective !== 'makespan') {
    const lowerBound = orderBound(problem, heads);
    options.onBound?.(lowerBound);
    return { solution: engine(problem, { ...options, lowerBound }), lowerBound };
  }

  const began = options.now();
  const time = options.deadline - began;
  let lowerBound = machineLoadBound(data, heads);
  const raise = (bound: number): void => {
    if (bound <= lowerBound) return;
    lowerBound = bound;
    options.onBound?.(bound);
  };
  options.onBound?.(lowerBound);
  const iterations = options.iterations ?? Infinity;
  let first = engine(problem, { ...options, deadline: began + firstShare * time, iterations: Math.min(iterations, firstIterations), lowerBound });
  if (first.objective === lowerBound || options.stop()) return { solution: first, lowerBound };
  await raiseBound(data, heads, first, options, time, () => lowerBound, raise);
  const isTiny = isPlain(problem) && data.operations <= exactOperations && data.machines <= exactOperations;
  if (isTiny && first.objective > lowerBound) first = searchExactly(data, heads, first, options, options.iterations === undefined ? options.now() + exactShare * time : options.deadline, raise);
  if (first.objective === lowerBound || iterations <= firstIterations) return { solution: first, lowerBound };
  return { solution: engine(problem, { ...options, iterations: iterations - firstIterations, incumbent: first, lowerBound }), lowerBound };
}

async function raiseBound(data: RoutingData, heads: HeadsAndTails, first: Solution, options: SolverOptions, time: number, bound: () => number, raise: (bound: number) => void): Promise<void> {
  const { now, stop } = options;
  const deadline = now() + boundShare * time;
  if (data.eligible.length > data.operations) {
    await assignmentBound(data, heads, { upperBound: first.objective, deadline, now, stop, onImproved: raise });
  }
  raise(destructiveBound(data, bound(), first.objective, () => stop() || now() >= deadline + boundShare * time));
}

/** The first schedule, or a better one; tells its makespan as a bound where it is proven to be the least. */
function searchExactly(data: RoutingData, heads: HeadsAndTails, first: Solution, options: SolverOptions, deadline: number, raise: (bound: number) => void): Solution {
  const { solution = first, isComplete } = exactSearch(data, heads, first.objective, exactStates, () => options.stop() || options.now() >= deadline);
  if (solution !== first) options.onImproved?.(solution);
  if (isComplete) raise(solution.objective);
  return solution;
}

/** Tabu search where the makespan of a plain routing is asked for, annealing for all else. */
export function chooseEngine(problem: Problem): Engine {
  return isPlain(problem) ? searchElitePlans : annealCriticalMoves;
}

/** True where the makespan is asked for, without calendars and locked starts. */
function isPlain(problem: Problem): boolean {
  return problem.objective === 'makespan' && problem.calendars.every((calendar) => calendar === undefined) && problem.lockedStart.every((start) => start < 0);
}
