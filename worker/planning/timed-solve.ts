import type { PlanProgress } from '../../common/schedule-store.ts';
import type { ScheduleRequest } from '../../common/scheduling/schedule-request.ts';
import { solve } from '../scheduling/solve.ts';
import type { SolveProblem } from './plan-parts.ts';
import { minutesOf } from './ticks.ts';

/** Progress is told so often at most, in milliseconds. */
const tellMs = 100;

/** The solver as planning uses it, with a request's seed and iterations; progress is told in minutes. */
export function timedSolve({ seed, iterations }: Pick<ScheduleRequest, 'seed' | 'iterations'>, onProgress: (progress: PlanProgress) => void): SolveProblem {
  const now = (): number => performance.now();
  const began = now();
  let told = -Infinity;
  let isFirst = true;
  return (problem, seconds, incumbent) =>
    solve(problem, {
      seed,
      ...(iterations === undefined ? {} : { iterations }),
      ...(incumbent === undefined ? {} : { incumbent }),
      timeLimit: 1_000 * seconds,
      now,
      onProgress: ({ objective, lowerBound, gap }) => {
        const at = now();
        const news = isFirst && objective !== undefined;
        if (!news && at - told < tellMs) return;
        told = at;
        if (news) isFirst = false;
        onProgress({ elapsed_s: Math.round((at - began) / 100) / 10, objective: objective === undefined ? null : minutesOf(objective), lower_bound: minutesOf(lowerBound), gap });
      },
    });
}
