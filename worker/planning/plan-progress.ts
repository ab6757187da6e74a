import type { FieldIssue } from '../../common/errors.ts';
import { sameOperations } from '../../common/scheduling/same-operations.ts';
import type { ScheduleRequest } from '../../common/scheduling/schedule-request.ts';
import { issueAt } from '../../common/scheduling/shape-issues.ts';
import type { Shop } from '../../common/scheduling/shop.ts';
import { machineWindows } from '../../common/scheduling/working-windows.ts';
import type { ZonedClock } from '../../common/scheduling/zoned-clock.ts';
import type { EarlierPlan } from './least-disruption.ts';
import type { PlannedWork } from './planned-work.ts';

/** What a request is read against. */
export interface ProgressReading {
  work: PlannedWork;
  earlier: EarlierPlan;
  shop: Shop;
  clock: ZonedClock;
  /** Start of the plan, in ms. */
  start: number;
}

/**
 * What became of an earlier plan's operations until the start of the one that replaces it, where the request does not say: with `progress` "as_planned" they are finished or running as
 * they were planned, and the request returned says so; else they are planned again in full, and warnings tell.
 */
export function planProgress(request: ScheduleRequest, { work, earlier, shop, clock, start }: ProgressReading): { request: ScheduleRequest; warnings: FieldIssue[] } {
  const operations = work.orders.flatMap((order) => order.operations);
  const told = new Set([...request.finished, ...[...request.running, ...request.locked].map(({ id }) => id)]);
  const finished: string[] = [];
  const running: ScheduleRequest['running'] = [];
  for (const [index, before] of sameOperations(earlier, operations.map(({ id, batchId, line }) => ({ id, batch_id: batchId, line }))).entries()) {
    const id = operations[index]?.id;
    if (id === undefined || before === undefined || told.has(id) || Date.parse(before.start) >= start) continue;
    const end = Date.parse(before.end);
    if (end <= start) finished.push(id);
    else running.push({ id, machine: before.machine, remaining_min: workingMinutes(shop, before.machine, clock, start, end) });
  }
  if (request.progress === 'as_planned') return { request: { ...request, finished: [...request.finished, ...finished], running: [...request.running, ...running] }, warnings: [] };
  const at = clock.iso(start).slice(0, 16).replace('T', ' ');
  const fix = 'plan with progress "as_planned" where all went as planned, or list them as finished or running';
  const warning = (ids: readonly string[], state: string): FieldIssue[] =>
    ids.length === 0 ? [] : [issueAt('replans', `${ids.length === 1 ? 'one operation is' : `${ids.length} operations are`} planned again in full that should ${state} at ${at} by the earlier plan: ${ids.slice(0, 5).join(', ')}${ids.length > 5 ? ', …' : ''}`, null, fix)];
  return { request, warnings: [...warning(finished, 'have ended'), ...warning(running.map(({ id }) => id), 'be under way')] };
}

function workingMinutes(shop: Shop, name: string, clock: ZonedClock, from: number, to: number): number {
  const machine = shop.machines.find((one) => one.name === name);
  const windows = machine === undefined ? [] : machineWindows(shop, machine, clock, from, to);
  return Math.round(windows.reduce((sum, window) => sum + window.end - window.start, 0) / 600) / 100;
}
