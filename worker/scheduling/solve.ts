import { type Problem, type Solution, isBetter } from './problem.ts';
import { solveRoutings } from './routings/solve-routings.ts';
import { isSingleOperation } from './single-operations/parallel-work.ts';
import { solveSingleOperations } from './single-operations/single-operation-engine.ts';

/** How far a run has come. */
export interface Progress {
  /** The best objective so far; undefined before the first schedule. */
  readonly objective: number | undefined;
  readonly lowerBound: number;
  /** (objective - lowerBound) / objective, 0 to 1; 1 before the first schedule. */
  readonly gap: number;
}

/** How to run: seed, time and what is told meanwhile. */
export interface SolveOptions {
  /** 0 to 2^31 - 1. */
  readonly seed: number;
  /** Milliseconds from the call on. */
  readonly timeLimit: number;
  /** Iterations at most; with it the answer is repeatable where the time limit is not met. */
  readonly iterations?: number;
  /** The clock, in milliseconds. */
  readonly now: () => number;
  /** Asked every few milliseconds: true to end with the best so far. */
  readonly stop?: () => boolean;
  readonly onProgress?: (progress: Progress) => void;
  /** Called with each schedule better than those before. */
  readonly onImproved?: (solution: Solution) => void;
  /** A feasible schedule to start from: the answer is never worse. */
  readonly incumbent?: Solution;
}

/** A schedule, how near it is proven to be to the best, and how it came about. */
export interface Answer {
  readonly solution: Solution;
  readonly lowerBound: number;
  readonly gap: number;
  /** `optimal` only where bound and objective are equal. */
  readonly status: 'optimal' | 'feasible';
  /** Milliseconds. */
  readonly runtime: number;
}

/** Plans a problem as well as the time allows, with engines and bounds chosen by its structure. */
export async function solve(problem: Problem, options: SolveOptions): Promise<Answer> {
  const { now } = options;
  const began = now();
  let objective: number | undefined;
  let makespan = Infinity;
  let lowerBound = 0;
  const report = (): void => options.onProgress?.({ objective, lowerBound, gap: gapOf(objective, lowerBound) });

  const solver = isSingleOperation(problem) ? solveSingleOperations : solveRoutings;
  const found = await solver(problem, {
    ...options,
    deadline: began + options.timeLimit,
    stop: options.stop ?? (() => false),
    onImproved: (solution) => {
      // Each engine tells of its own improvements, also where one before it was better.
      if (objective !== undefined && !isBetter(solution, { objective, makespan })) return;
      objective = solution.objective;
      makespan = solution.makespan;
      options.onImproved?.(solution);
      report();
    },
    onBound: (bound) => {
      lowerBound = Math.max(lowerBound, bound);
      report();
    },
  });
  // Engines start from an incumbent's machines and orders: none of them is to make less of it.
  const solution = options.incumbent !== undefined && isBetter(options.incumbent, found.solution) ? options.incumbent : found.solution;
  objective = solution.objective;
  lowerBound = Math.max(lowerBound, found.lowerBound);
  report();
  return {
    solution,
    lowerBound,
    gap: gapOf(objective, lowerBound),
    status: lowerBound === objective ? 'optimal' : 'feasible',
    runtime: now() - began,
  };
}

function gapOf(objective: number | undefined, lowerBound: number): number {
  if (objective === undefined) return 1;
  return objective === lowerBound ? 0 : (objective - lowerBound) / objective;
}
