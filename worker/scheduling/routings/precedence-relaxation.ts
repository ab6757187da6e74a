import { type ParallelWork, parallelWork } from '../single-operations/parallel-work.ts';
import { earliestEnd } from '../single-operations/working-load-bound.ts';
import { type Problem, orderCount } from '../problem.ts';
import { sumOverOrders } from '../sum-over-orders.ts';
import type { HeadsAndTails } from './heads-and-tails.ts';
import type { RoutingData } from './routing-data.ts';

/**
 * A problem with routings as one of single operations that costs no more, so that bounds for these hold for it: every operation is an order of its own that is
 * released when those before it can have ended at the earliest, calendars and locked starts included. Each order is charged once, with the operation on its
 * busiest machines: it ends no sooner than that operation and what follows it, so that it is due by as much earlier. Weighted completion becomes lateness behind tick 0.
 */
export function precedenceRelaxation(problem: Problem, data: RoutingData, { tail, shortest }: HeadsAndTails): ParallelWork {
  const { operations, order } = data;
  const weight = new Float64Array(operations);
  const due = new Float64Array(operations).fill(Infinity);
  const isSum = problem.objective === 'tardiness' || problem.objective === 'finish';
  if (isSum) {
    for (const o of busiestOperations(problem, data, shortest)) {
      const j = order[o] ?? 0;
      weight[o] = problem.weight[j] ?? 0;
      due[o] = (problem.objective === 'finish' ? 0 : (problem.due[j] ?? Infinity)) - (tail[o] ?? 0);
    }
  }
  const release = Float64Array.from(order, (j) => problem.release[j] ?? 0);
  const work = parallelWork({
    ...problem,
    objective: isSum ? 'tardiness' : problem.objective,
    orderStart: Int32Array.from({ length: operations + 1 }, (_, o) => o),
    release,
    due,
    weight,
  });
  for (let o = 1; o < operations; o++) if (order[o] === order[o - 1]) release[o] = earliestEnd(work, o - 1);
  return work;
}

/** What the objective is at least where every order runs as if alone; 0 for setups. */
export function orderBound(problem: Problem, relaxation: ParallelWork): number {
  if (problem.objective === 'setup') return 0;
  const end = Float64Array.from({ length: relaxation.jobs }, (_, o) => earliestEnd(relaxation, o));
  return problem.objective === 'makespan' ? end.reduce((latest, one) => Math.max(latest, one), 0) : sumOverOrders(problem, end);
}

/** Of each order, the operation whose machines have the most work, shared out evenly, on the average. */
function busiestOperations(problem: Problem, { eligible, eligibleStart }: RoutingData, shortest: Float64Array): number[] {
  const load = new Float64Array(problem.machineCount);
  const machinesOf = (o: number): Int32Array => eligible.subarray(eligibleStart[o], eligibleStart[o + 1]);
  for (const [o, ticks] of shortest.entries()) for (const k of machinesOf(o)) load[k] = (load[k] ?? 0) + ticks / machinesOf(o).length;
  const mean = (o: number): number => machinesOf(o).reduce((sum, k) => sum + (load[k] ?? 0), 0) / machinesOf(o).length;
  const busiest: number[] = [];
  for (let j = 0; j < orderCount(problem); j++) {
    let chosen = problem.orderStart[j] ?? 0;
    for (let o = chosen + 1; o < (problem.orderStart[j + 1] ?? 0); o++) if (mean(o) > mean(chosen)) chosen = o;
    if (chosen < (problem.orderStart[j + 1] ?? 0)) busiest.push(chosen);
  }
  return busiest;
}
