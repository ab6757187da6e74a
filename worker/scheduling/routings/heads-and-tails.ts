import { shortestDurations } from './dispatch-plan.ts';
import type { RoutingData } from './routing-data.ts';

/** What an operation waits for at least and what follows it at least, whatever the plan. In ticks, per operation. */
export interface HeadsAndTails {
  /** No start is earlier. */
  readonly head: Float64Array;
  /** The makespan is no less than the operation's end plus this. */
  readonly tail: Float64Array;
  /** The shortest duration. */
  readonly shortest: Float64Array;
}

/** Heads and tails by the orders alone: releases and the shortest durations of the operations before and after. */
export function headsAndTails(data: RoutingData): HeadsAndTails {
  const shortest = shortestDurations(data);
  const head = new Float64Array(data.operations);
  const tail = new Float64Array(data.operations);
  for (let o = 0; o < data.operations; o++) {
    const before = data.orderBefore[o] ?? 0;
    head[o] = before < data.operations ? (head[before] ?? 0) + (shortest[before] ?? 0) : (data.release[data.order[o] ?? 0] ?? 0);
  }
  for (let o = data.operations - 1; o >= 0; o--) {
    const after = data.orderAfter[o] ?? 0;
    if (after < data.operations) tail[o] = (tail[after] ?? 0) + (shortest[after] ?? 0);
  }
  return { head, tail, shortest };
}
