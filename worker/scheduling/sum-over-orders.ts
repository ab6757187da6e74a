import { type Problem, orderCount } from './problem.ts';

/** What an order that ends then adds to `sumOverOrders`; 0 for the objectives that are no sum over orders. */
export function orderCost({ objective, due, weight }: Problem, order: number, end: number): number {
  if (objective === 'makespan' || objective === 'setup') return 0;
  return (weight[order] ?? 0) * Math.max(0, end - (objective === 'finish' ? 0 : (due[order] ?? Infinity)));
}

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
