import { type Problem, orderCount } from './problem.ts';

/** The objectives `tardiness` and `finish` of a schedule by the ends of its operations: Σ weight · max(0, end - due), or Σ weight · end, over the orders that have operations. */
export function sumOverOrders(problem: Problem, end: Float64Array): number {
  const { orderStart, due, weight } = problem;
  const isFinish = problem.objective === 'finish';
  let sum = 0;
  for (let j = 0; j < orderCount(problem); j++) {
    const last = (orderStart[j + 1] ?? 0) - 1;
    if (last < (orderStart[j] ?? 0)) continue;
    const late = (end[last] ?? 0) - (isFinish ? 0 : (due[j] ?? Infinity));
    if (late > 0) sum += (weight[j] ?? 0) * late;
  }
  return sum;
}
