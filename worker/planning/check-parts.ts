import type { Schedule } from '../../common/scheduling/schedule.ts';
import type { EstimatedPart, RefusedPart } from './estimated-part.ts';

/** Where a schedule is not of the parts that were given: each is planned as it was estimated, named as unplanned with a reason, or finished. */
export function partFaults({ operations, unplanned, options }: Schedule, parts: readonly (EstimatedPart | RefusedPart)[]): string[] {
  const nameOf = ({ partId, line }: EstimatedPart | RefusedPart): string => partId ?? `line ${line}`;
  const left = new Map<string, number>();
  const estimated = new Map<string, number>();
  for (const part of parts) {
    count(left, nameOf(part), 1);
    if ('reason' in part || part.estimate === undefined) continue;
    count(estimated, JSON.stringify([nameOf(part), part.process, part.quantity, part.setupMinutes, part.estimate.value]), 1);
  }
  const faults: string[] = [];
  for (const { id, part_id: part, process, quantity, setup_min: setup, time_min: minutes } of operations) {
    if (count(estimated, JSON.stringify([part, process, quantity, setup, minutes]), -1) < 0) faults.push(`${id} is not planned as any part was given: ${quantity} × ${minutes} min of ${process}, and ${setup} min`);
    count(left, part, -1);
  }
  for (const { part_id: part } of unplanned) count(left, part, -1);
  const missing = [...left].filter(([, number]) => number > 0);
  for (const [part, number] of left) if (number < 0) faults.push(`${part} is planned or left out more often than it was given`);
  const finished = new Set(options.finished).size;
  const lost = missing.reduce((sum, [, number]) => sum + number, 0);
  if (lost !== finished) faults.push(`${lost} parts are neither planned nor named, and ${finished} finished: ${missing.slice(0, 3).map(([part]) => part).join(', ')}`);
  return faults;
}

/** Adds to what is counted of a key, and returns it. */
function count(counts: Map<string, number>, key: string, more: number): number {
  const sum = (counts.get(key) ?? 0) + more;
  counts.set(key, sum);
  return sum;
}
