import type { Engine, EngineOptions, Problem, Solution } from '../problem.ts';
import { boundOf } from '../single-operations/single-operation-engine.ts';
import { boundBudget, shareOfTime } from '../shares.ts';
import type { BoundedSolution, SolverOptions } from '../solver.ts';
import { assignmentBound } from './assignment-bound.ts';
import { annealCriticalMoves, searchCriticalMoves } from './critical-annealing-engine.ts';
import { searchElitePlans } from './elite-tabu-engine.ts';
import { exactSearch } from './exact-search.ts';
import { type HeadsAndTails, headsAndTails } from './heads-and-tails.ts';
import { machineLoadBound } from './machine-load-bound.ts';
import { destructiveBound } from './makespan-refutation.ts';
import { isMostlySingle, searchMixedShop } from './mixed-shop-engine.ts';
import { orderBound, precedenceRelaxation } from './precedence-relaxation.ts';
import { type RoutingData, routingData } from './routing-data.ts';

/** Share of the time, and iterations, for a first schedule, which bounds need. */
const firstShare = 0.03;
const firstIterations = 20_000;

/** Share of the time left for the linear programme of flexible shops, and with refuting makespans twice that. Where iterations are limited, its rounds, and the machines that refuting looks at. */
const boundShare = 0.08;
const mostRounds = 40;
const mostNarrowed = 100_000;

/** Share of the time left for the bound of the shop without the precedence of operations. */
const relaxationShare = 0.15;

/** Share of the time left, states and operations at most for the exact search: most flexible shops of up to 18 operations take less, few larger ones do. */
const exactShare = 0.05;
const exactStates = 200_000;
const exactOperations = 40;

/** Solves problems in which orders have several operations: job shops, flexible job shops, and shops in which some orders are single operations. */
export async function solveRoutings(problem: Problem, options: SolverOptions): Promise<BoundedSolution> {
  const data = routingData(problem);
  const heads = headsAndTails(data);
  const relaxation = precedenceRelaxation(problem, data, heads);
  let lowerBound = 0;
  const raise = (bound: number): void => {
    if (bound <= lowerBound) return;
    lowerBound = bound;
    options.onBound?.(bound);
  };
  const isMakespan = problem.objective === 'makespan';
  raise(Math.max(orderBound(problem, relaxation), isMakespan ? machineLoadBound(data, heads) : 0));
  const engine = chooseEngine(problem);
  const iterations = options.iterations ?? Infinity;
  const isDone = (solution: Solution): boolean => (isMakespan && solution.objective === lowerBound) || options.stop();

  let first = firstSchedule(problem, { ...options, deadline: shareOfTime(options, firstShare), iterations: Math.min(iterations, firstIterations), lowerBound });
  if (first === undefined) return { solution: annealCriticalMoves(problem, options), lowerBound };
  if (isDone(first)) return { solution: first, lowerBound };
  if ((!isPlain(problem) || data.hasSetups) && options.now() < options.deadline) boundOf(relaxation, first, { ...options, onBound: raise }, relaxationShare);
  if (isMakespan) await raiseBound(data, heads, first, options, () => lowerBound, raise);
  if (isFewOperations(data) && !isDone(first)) {
    const { solution, isComplete } = exactSearch(problem, data, heads, first, boundBudget(options, exactShare, exactStates, true));
    if (solution !== undefined) {
      first = solution;
      options.onImproved?.(first);
    }
    if (isComplete) {
      raise(first.objective);
      return { solution: first, lowerBound };
    }
  }
  if (isDone(first) || iterations <= firstIterations) return { solution: first, lowerBound };
  return { solution: engine(problem, { ...options, iterations: iterations - firstIterations, incumbent: first, lowerBound }), lowerBound };
}

async function raiseBound(data: RoutingData, heads: HeadsAndTails, first: Solution, options: SolverOptions, bound: () => number, raise: (bound: number) => void): Promise<void> {
  const goOn = boundBudget(options, 2 * boundShare, mostNarrowed);
  if (data.eligible.length > data.operations) {
    const deadline = shareOfTime(options, boundShare);
    const secondsLeft = (): number => (deadline - options.now()) / 1_000;
    await assignmentBound(data, heads, { upperBound: first.objective, goOn: boundBudget(options, boundShare, mostRounds), secondsLeft, onImproved: raise });
  }
  raise(destructiveBound(data, bound(), first.objective, () => !goOn()));
}

/** Machines run operations that start and end at once in no certain order: where there are such, setups depend on it. */
function isFewOperations({ operations, machines, hasSetups, durationOn }: RoutingData): boolean {
  return operations <= exactOperations && machines <= exactOperations && !(hasSetups && durationOn.includes(0));
}

/** Tabu search where the makespan of a plain routing is asked for, annealing for all else, in turn with the search for single operations where nearly all are such. */
function chooseEngine(problem: Problem): Engine {
  if (isPlain(problem)) return searchElitePlans;
  return isMostlySingle(problem) ? searchMixedShop : annealCriticalMoves;
}

/** Undefined where locked starts leave no time for one. */
function firstSchedule(problem: Problem, options: EngineOptions): Solution | undefined {
  return isPlain(problem) ? searchElitePlans(problem, options) : searchCriticalMoves(problem, options);
}

/** True where the makespan is asked for, without calendars and locked starts. */
function isPlain(problem: Problem): boolean {
  return problem.objective === 'makespan' && problem.calendars.every((calendar) => calendar === undefined) && problem.lockedStart.every((start) => start < 0);
}
