import type { Solution } from '../problem.ts';
import type { PlanEvaluation } from './plan-evaluation.ts';

/** The best schedule met so far: least objective, then least makespan, locked starts kept. */
export class BestSchedule {
  solution: Solution | undefined;
  readonly #onImproved: ((solution: Solution) => void) | undefined;

  constructor(onImproved: ((solution: Solution) => void) | undefined) {
    this.#onImproved = onImproved;
  }

  /** Keeps the evaluated plan where it is better; true where it is. */
  take(evaluation: PlanEvaluation): boolean {
    if (evaluation.violation > 0) return false;
    const { solution } = this;
    if (solution !== undefined && (evaluation.objective > solution.objective || (evaluation.objective === solution.objective && evaluation.makespan >= solution.makespan))) return false;
    this.solution = evaluation.solution();
    this.#onImproved?.(this.solution);
    return true;
  }
}
