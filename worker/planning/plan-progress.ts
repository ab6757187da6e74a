import type { FieldIssue } from '../../common/errors.ts';
import { sameOperations } from '../../common/scheduling/same-operations.ts';
import type { ScheduledOperation } from '../../common/scheduling/schedule.ts';
import type { ScheduleRequest } from '../../common/scheduling/schedule-request.ts';
import { issueAt } from '../../common/scheduling/shape-issues.ts';
import type { Shop } from '../../common/scheduling/shop.ts';
import { workingMinutes } from '../../common/scheduling/working-windows.ts';
import type { ZonedClock } from '../../common/scheduling/zoned-clock.ts';
import { type PlannedWork, knownAs } from './planned-work.ts';
import { featureValue } from './setup-families.ts';

/** What a request is read against. */
export interface ProgressReading {
  work: PlannedWork;
  earlier: readonly ScheduledOperation[];
  shop: Shop;
  clock: ZonedClock;
  /** Start of the plan, in ms. */
  start: number;
}

/**
 * What became of an earlier plan's operations until the start of the one that replaces it, where the request does not say. With `progress` "as_planned" they are finished or running as
 * they were planned, and machines set up for what they did last, and the request returned says so: but for what comes, in its order or on its machine, behind what the
 * request tells otherwise. Warnings tell what is taken so, and what is planned again in full.
 */
export function planProgress(request: ScheduleRequest, reading: ProgressReading): { request: ScheduleRequest; warnings: FieldIssue[] } {
  const { work, earlier, shop, clock, start } = reading;
  const operations = work.orders.flatMap((order) => order.operations);
  const before = new Map(sameOperations(earlier, operations.map(knownAs)).map((found, index) => [operations[index]?.id, found]));
  const finished = new Set(request.finished);
  const told = new Set([...request.running, ...request.locked].map(({ id }) => id));
  // From when on what a machine should have done by the earlier plan cannot be so.
  const heldFrom = new Map<string, number>();
  for (const { id, machine } of request.running) heldFrom.set(machine, Math.min(heldFrom.get(machine) ?? Infinity, Date.parse(before.get(id)?.start ?? '') || start));

  const ended: ScheduledOperation[] = [];
  const running: ScheduledOperation[] = [];
  const again: ScheduledOperation[] = [];
  for (const order of work.orders) {
    let goesOn = request.progress === 'as_planned';
    for (const { id, process } of order.operations) {
      const planned = before.get(id);
      if (finished.has(id)) continue;
      if (told.has(id) || planned === undefined || Date.parse(planned.start) >= start) {
        goesOn = false;
        continue;
      }
      const isEnded = Date.parse(planned.end) <= start;
      const able = isEnded || shop.machines.some(({ name, processes }) => name === planned.machine && processes.includes(process));
      goesOn &&= able && Date.parse(planned.end) <= (heldFrom.get(planned.machine) ?? Infinity);
      if (!goesOn) again.push({ ...planned, id });
      else if (isEnded) ended.push({ ...planned, id });
      else {
        goesOn = false;
        running.push({ ...planned, id });
      }
    }
  }

  const busy = new Set([...request.running, ...running].map(({ machine }) => machine));
  const next: ScheduleRequest = {
    ...request,
    finished: [...request.finished, ...ended.map(({ id }) => id)],
    running: [...request.running, ...running.map(({ id, machine, end }) => ({ id, machine, remaining_min: remainingMinutes(shop, machine, clock, start, Date.parse(end)) }))],
    mounted: request.progress === 'as_planned' ? { ...mountedBy(earlier, shop, start, busy), ...request.mounted } : request.mounted,
  };
  const at = clock.iso(start).slice(0, 16).replace('T', ' ');
  const fix = request.progress === 'as_planned' ? 'list what is done as finished and what runs as running' : 'plan with progress "as_planned" where all went as planned, or list them as finished or running';
  return {
    request: next,
    warnings: [
      ...notice(ended, 'taken as finished, as the earlier plan has it', 'list as running or locked what is not'),
      ...notice(running, 'taken as running, as the earlier plan has it', 'list as finished what is done'),
      ...notice(again, `planned again in full that should have begun by ${at} by the earlier plan`, fix),
    ],
  };
}

function notice(operations: readonly ScheduledOperation[], what: string, fix: string): FieldIssue[] {
  const count = operations.length;
  if (count === 0) return [];
  return [issueAt('replans', `${count === 1 ? 'one operation is' : `${count} operations are`} ${what}: ${operations.slice(0, 5).map(({ id }) => id).join(', ')}${count > 5 ? ', …' : ''}`, null, fix)];
}

/** What machines without an operation under way are set up for by an earlier plan; a changeover under way counts as not begun. */
function mountedBy(earlier: readonly ScheduledOperation[], shop: Shop, start: number, busy: ReadonlySet<string>): ScheduleRequest['mounted'] {
  const last = new Map<string, ScheduledOperation>();
  for (const operation of earlier) {
    const known = last.get(operation.machine);
    if (Date.parse(operation.end) <= start && (known === undefined || Date.parse(known.end) <= Date.parse(operation.end))) last.set(operation.machine, operation);
  }
  const names = new Set(shop.machines.map(({ name }) => name));
  const features = [...new Set(shop.setups.map(({ feature }) => feature))];
  return Object.fromEntries([...last].flatMap(([machine, operation]) => {
    if (features.length === 0 || busy.has(machine) || !names.has(machine)) return [];
    return [[machine, Object.fromEntries(features.map((feature) => [feature, featureValue(operation, feature, shop.process_column)]))]];
  }));
}

function remainingMinutes(shop: Shop, name: string, clock: ZonedClock, from: number, to: number): number {
  const machine = shop.machines.find((one) => one.name === name);
  return machine === undefined ? 0 : Math.round(100 * workingMinutes(shop, machine, clock, from, to)) / 100;
}
