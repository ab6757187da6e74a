import { type Problem, orderCount } from '../problem.ts';
import type { HeadsAndTails } from './heads-and-tails.ts';

/** What the objective is at least where every order runs as if alone: Σ weight · (head + shortest duration of its last operation) or how late that is; 0 for setups. */
export function orderBound(problem: Problem, { head, shortest }: HeadsAndTails): number {
  if (problem.objective === 'setup') return 0;
  let sum = 0;
  let latest = 0;
  for (let j = 0; j < orderCount(problem); j++) {
    const last = (problem.orderStart[j + 1] ?? 0) - 1;
    if (last < (problem.orderStart[j] ?? 0)) continue;
    const end = (head[last] ?? 0) + (shortest[last] ?? 0);
    latest = Math.max(latest, end);
    sum += (problem.weight[j] ?? 0) * (problem.objective === 'finish' ? end : Math.max(0, end - (problem.due[j] ?? Infinity)));
  }
  return problem.objective === 'makespan' ? latest : sum;
}
