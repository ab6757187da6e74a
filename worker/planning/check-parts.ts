import type { Schedule, ScheduledOperation, ScheduledOrder } from '../../common/scheduling/schedule.ts';
import type { EstimatedPart, RefusedPart } from './estimated-part.ts';
import type { WallClock } from './wall-clock.ts';

const dayMs = 24 * 3_600_000;

/** Where a schedule is not of the parts that were given: each is planned as it was estimated, named as unplanned with a reason, or finished; orders are due, released and urgent as their parts. */
export function partFaults(schedule: Schedule, parts: readonly (EstimatedPart | RefusedPart)[], clock: WallClock): string[] {
  const { operations, unplanned, options } = schedule;
  const left = new Map<string, number>();
  const estimated = new Map<string, EstimatedPart[]>();
  for (const part of parts) {
    const name = part.partId ?? `line ${part.line}`;
    count(left, placeOf(part.batchId, part.line, name), 1);
    if ('reason' in part || part.estimate === undefined) continue;
    const { value, low, high } = part.estimate;
    const key = JSON.stringify([part.batchId, part.line, name, part.process, part.quantity, part.setupMinutes, value, low, high]);
    estimated.set(key, [...(estimated.get(key) ?? []), part]);
  }
  const faults: string[] = [];
  const partsOf = new Map<string, EstimatedPart[]>();
  for (const operation of [...operations].sort((a, b) => a.operation - b.operation)) {
    const { id, order_id: order, batch_id: batch, line, part_id: name, process, quantity, setup_min: setup, time_min: minutes, time_min_low: low, time_min_high: high } = operation;
    const part = estimated.get(JSON.stringify([batch, line, name, process, quantity, setup, minutes, low, high]))?.shift();
    if (part === undefined) faults.push(`${id} is not planned as any part was given: ${quantity} × ${minutes} min of ${process}, and ${setup} min`);
    else partsOf.set(order, [...(partsOf.get(order) ?? []), part]);
    count(left, placeOf(batch, line ?? -1, name), -1);
  }
  for (const { batch_id: batch, line, part_id: name } of unplanned) count(left, placeOf(batch, line ?? -1, name), -1);
  for (const [place, number] of left) if (number < 0) faults.push(`${place} is planned or left out more often than it was given`);
  const missing = [...left].filter(([, number]) => number > 0);
  const finished = new Set(options.finished).size;
  const lost = missing.reduce((sum, [, number]) => sum + number, 0);
  if (lost !== finished) faults.push(`${lost} parts are neither planned nor named, and ${finished} finished: ${missing.slice(0, 3).map(([place]) => place).join(', ')}`);
  return [...faults, ...schedule.orders.flatMap((order) => orderFaults(order, partsOf.get(order.id) ?? [], finished > 0, clock))];
}

/** What is wrong with the dates and urgency of an order; `parts` in the order of their operations, perhaps without some that are finished. */
function orderFaults({ id, due, release, priority }: ScheduledOrder, parts: readonly EstimatedPart[], mayLack: boolean, clock: WallClock): string[] {
  const faults: string[] = [];
  const dues = parts.flatMap((part) => (part.due === null ? [] : [clock.read(part.due, dayMs)]));
  const releases = parts.flatMap((part) => (part.release === null ? [] : [clock.read(part.release, 0)]));
  const differs = (told: string | null, expected: number | undefined): boolean => (told === null ? expected !== undefined : expected === undefined || Math.abs(Date.parse(told) - expected) >= 1_000);
  if (differs(due, dues.at(-1)) && !(mayLack && dues.length === 0)) faults.push(`order ${id} is due ${due}, and its parts ${parts.at(-1)?.due}`);
  const latest = releases.length === 0 ? undefined : Math.max(...releases);
  // What is left of an order that was begun waits for no release.
  if (differs(release, latest) && !mayLack) faults.push(`order ${id} is released ${release}, and its parts ${parts.map((part) => part.release).join(', ')}`);
  const priorities = parts.flatMap((part) => part.priority ?? []);
  const most = priorities.length === 0 ? null : Math.min(...priorities);
  if (most !== priority && !mayLack) faults.push(`order ${id} has priority ${priority}, and its parts ${most}`);
  return faults;
}

/** What a part is called in its batch or file. */
function placeOf(batch: ScheduledOperation['batch_id'], line: number, name: string): string {
  return `${name} of line ${line}${batch === null ? '' : ` of batch ${batch}`}`;
}

/** Adds to what is counted of a key. */
function count(counts: Map<string, number>, key: string, more: number): void {
  counts.set(key, (counts.get(key) ?? 0) + more);
}
