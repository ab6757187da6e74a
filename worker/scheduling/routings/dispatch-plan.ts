import type { Plan } from './plan.ts';
import type { RandomStream } from '../random-stream.ts';
import { type RoutingData, setupBetween } from './routing-data.ts';

/** Orders that are weighed in a step at most, by release; others come in as these end: with more a plan becomes no better, but takes too long. */
const mostOpen = 300;

/**
 * A plan by dispatching: again and again, of the orders whose next operation can start first, the one with most work remaining, on the machine
 * where it ends first. `noise`, in mean durations, blurs both times at random.
 */
export function dispatchPlan(data: RoutingData, random: RandomStream, noise: number, plan: Plan): void {
  const { operations, machines, orders } = data;
  const shortest = shortestDurations(data);
  const blur = (noise * shortest.reduce((sum, ticks) => sum + ticks, 0)) / Math.max(1, operations);
  const work = new Float64Array(orders);
  for (let o = 0; o < operations; o++) work[data.order[o] ?? 0] = (work[data.order[o] ?? 0] ?? 0) + (shortest[o] ?? 0);
  const next = new Int32Array(orders).fill(operations);
  for (let o = operations - 1; o >= 0; o--) next[data.order[o] ?? 0] = o;
  const ready = Float64Array.from(data.release);
  const free = new Float64Array(machines);
  const last = new Int32Array(machines).fill(operations);
  const coming = [...next.keys()].filter((j) => (next[j] ?? operations) < operations);
  if (coming.length > mostOpen) coming.sort((a, b) => (data.release[a] ?? 0) - (data.release[b] ?? 0) || (work[b] ?? 0) - (work[a] ?? 0));
  const open = coming.splice(0, mostOpen);
  let entered = 0;
  for (let i = 0; i < operations; i++) {
    let chosen = { order: -1, machine: 0, start: Infinity, end: Infinity, value: Infinity };
    for (const order of open) {
      const o = next[order] ?? 0;
      let best = { machine: 0, start: Infinity, end: Infinity, value: Infinity };
      for (let a = data.eligibleStart[o] ?? 0; a < (data.eligibleStart[o + 1] ?? 0); a++) {
        const machine = data.eligible[a] ?? 0;
        const start = Math.max(ready[order] ?? 0, (free[machine] ?? 0) + setupBetween(data, machine, last[machine] ?? operations, o));
        const end = start + (data.durationOn[o * machines + machine] ?? 0);
        const value = end + blur * random.unit();
        if (value < best.value) best = { machine, start, end, value };
      }
      const value = best.start + blur * random.unit();
      if (value < chosen.value || (value === chosen.value && (work[order] ?? 0) > (work[chosen.order] ?? 0))) chosen = { ...best, order, value };
    }
    const { order, machine, end } = chosen;
    const o = next[order] ?? 0;
    plan.machine[o] = machine;
    plan.sequence[i] = o;
    ready[order] = end;
    free[machine] = end;
    last[machine] = o;
    work[order] = (work[order] ?? 0) - (shortest[o] ?? 0);
    next[order] = data.orderAfter[o] ?? operations;
    if (next[order] < operations) continue;
    open.splice(open.indexOf(order), 1);
    const entering = coming[entered++];
    if (entering !== undefined) open.push(entering);
  }
}

/** The least duration of each operation over its machines. */
export function shortestDurations(data: RoutingData): Float64Array {
  return Float64Array.from({ length: data.operations }, (_, o) => {
    const machines = data.eligible.subarray(data.eligibleStart[o], data.eligibleStart[o + 1]);
    return machines.reduce((least, k) => Math.min(least, data.durationOn[o * data.machines + k] ?? Infinity), Infinity);
  });
}
