import { type Solution, isBetter } from '../problem.ts';
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
    if (this.solution !== undefined && !isBetter(evaluation, this.solution)) return false;
    this.solution = evaluation.solution();
    this.#onImproved?.(this.solution);
    return true;
  }
}
