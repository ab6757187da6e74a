import type { EngineOptions, Problem, Solution } from './problem.ts';

/** A schedule and a proven bound that no schedule of its problem undercuts. */
export interface BoundedSolution {
  readonly solution: Solution;
  readonly lowerBound: number;
}

/** How a solver is run: like an engine; it divides the time between bounds and search itself. */
export interface SolverOptions extends EngineOptions {
  /** Called with each bound above those before. */
  readonly onBound?: (lowerBound: number) => void;
}

/** Engines and bounds for one structure of problems, put together. */
export type Solver = (problem: Problem, options: SolverOptions) => Promise<BoundedSolution>;
