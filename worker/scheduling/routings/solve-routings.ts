import type { Engine, Problem, Solution } from '../problem.ts';
import type { BoundedSolution, SolverOptions } from '../solver.ts';
import { assignmentBound } from './assignment-bound.ts';
import { annealCriticalMoves } from './critical-annealing-engine.ts';
import { searchElitePlans } from './elite-tabu-engine.ts';
import { headsAndTails } from './heads-and-tails.ts';
import { machineLoadBound } from './machine-load-bound.ts';
import { destructiveBound } from './makespan-refutation.ts';
import { orderBound } from './order-bound.ts';
import { type RoutingData, routingData } from './routing-data.ts';

/** Share of the time, and iterations, for a first schedule, which bounds need. */
const firstShare = 0.03;
const firstIterations = 20_000;

/** Share of the time for the linear programme of flexible shops, and as much again for refuting makespans. */
const boundShare = 0.08;

/** Solves problems in which orders have several operations: job shops and flexible job shops. */
export async function solveRoutings(problem: Problem, options: SolverOptions): Promise<BoundedSolution> {
  const data = routingData(problem);
  const engine = chooseEngine(problem);
  if (problem.objective !== 'makespan') {
    const lowerBound = orderBound(problem, headsAndTails(data));
    options.onBound?.(lowerBound);
    return { solution: engine(problem, { ...options, lowerBound }), lowerBound };
  }

  const began = options.now();
  const time = options.deadline - began;
  let lowerBound = machineLoadBound(data, headsAndTails(data));
  const raise = (bound: number): void => {
    if (bound <= lowerBound) return;
    lowerBound = bound;
    options.onBound?.(bound);
  };
  options.onBound?.(lowerBound);
  const iterations = options.iterations ?? Infinity;
  const first = engine(problem, { ...options, deadline: began + firstShare * time, iterations: Math.min(iterations, firstIterations), lowerBound });
  if (first.objective === lowerBound || options.stop()) return { solution: first, lowerBound };
  await raiseBound(data, first, options, time, () => lowerBound, raise);
  if (first.objective === lowerBound || iterations <= firstIterations) return { solution: first, lowerBound };
  return { solution: engine(problem, { ...options, iterations: iterations - firstIterations, incumbent: first, lowerBound }), lowerBound };
}

async function raiseBound(data: RoutingData, first: Solution, options: SolverOptions, time: number, bound: () => number, raise: (bound: number) => void): Promise<void> {
  const { now, stop } = options;
  const deadline = now() + boundShare * time;
  if (data.eligible.length > data.operations) {
    await assignmentBound(data, headsAndTails(data), { upperBound: first.objective, deadline, now, stop, onImproved: raise });
  }
  raise(destructiveBound(data, bound(), first.objective, () => stop() || now() >= deadline + boundShare * time));
}

/** Tabu search where the makespan of a plain routing is asked for, annealing for all else. */
export function chooseEngine(problem: Problem): Engine {
  const isPlain = problem.objective === 'makespan' && problem.calendars.every((calendar) => calendar === undefined) && problem.lockedStart.every((start) => start < 0);
  return isPlain ? searchElitePlans : annealCriticalMoves;
}
