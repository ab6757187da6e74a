import type { HeadsAndTails } from './heads-and-tails.ts';
import type { RoutingData } from './routing-data.ts';

/**
 * The makespan that some machines' work alone needs: the least head, all durations over the number of machines, the least tail. For each machine,
 * the operations that can run nowhere else; for all machines together, every operation at its shortest.
 */
export function machineLoadBound(data: RoutingData, { head, tail, shortest }: HeadsAndTails): number {
  let bound = 0;
  const load = new Float64Array(data.machines);
  const leastHead = new Float64Array(data.machines).fill(Infinity);
  const leastTail = new Float64Array(data.machines).fill(Infinity);
  let work = 0;
  for (let o = 0; o < data.operations; o++) {
    bound = Math.max(bound, (head[o] ?? 0) + (shortest[o] ?? 0) + (tail[o] ?? 0));
    work += shortest[o] ?? 0;
    if ((data.eligibleStart[o + 1] ?? 0) - (data.eligibleStart[o] ?? 0) !== 1) continue;
    const k = data.eligible[data.eligibleStart[o] ?? 0] ?? 0;
    load[k] = (load[k] ?? 0) + (shortest[o] ?? 0);
    leastHead[k] = Math.min(leastHead[k] ?? 0, head[o] ?? 0);
    leastTail[k] = Math.min(leastTail[k] ?? 0, tail[o] ?? 0);
  }
  for (let k = 0; k < data.machines; k++) if ((load[k] ?? 0) > 0) bound = Math.max(bound, (leastHead[k] ?? 0) + (load[k] ?? 0) + (leastTail[k] ?? 0));
  return Math.max(bound, Math.ceil(work / data.machines));
}
