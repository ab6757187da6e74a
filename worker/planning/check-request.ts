import type { Schedule, ScheduledOperation } from '../../common/scheduling/schedule.ts';
import type { Shop } from '../../common/scheduling/shop.ts';
import { rounding } from './check-tolerance.ts';
import { checkedHours } from './checked-hours.ts';
import type { WallClock } from './wall-clock.ts';

/** Where a schedule does not do what its request asks for: start, objective, locked, running and finished operations. */
export function requestFaults(schedule: Schedule, shop: Shop, clock: WallClock): string[] {
  const { options, operations, orders } = schedule;
  const byId = new Map(operations.map((operation) => [operation.id, operation]));
  const faults: string[] = [];
  if (schedule.time_zone !== shop.time_zone) faults.push(`the schedule is in ${schedule.time_zone}, the shop in ${shop.time_zone}`);
  if (options.start !== undefined && Date.parse(schedule.start) !== Math.ceil(clock.read(options.start, 0) / 60_000) * 60_000) faults.push(`the plan starts at ${schedule.start}, not at ${options.start}`);
  const objective = options.objective ?? (orders.some(({ due }) => due !== null) ? 'tardiness' : 'makespan');
  if (schedule.objective_name !== objective) faults.push(`the objective is ${schedule.objective_name}, not ${objective}`);

  for (const id of options.finished) if (byId.has(id)) faults.push(`${id} is finished, and planned`);
  for (const { id, machine, start } of options.locked) {
    const operation = byId.get(id);
    if (operation?.machine !== machine || operation.state !== 'locked') faults.push(`${id} is ${operation?.state} on ${operation?.machine}, not locked on ${machine}`);
    else if (start !== undefined && Math.abs(Date.parse(operation.start) - clock.read(start, 0)) > 500) faults.push(`${id} starts at ${operation.start}, and is locked at ${start}`);
  }
  for (const running of options.running) faults.push(...runningFaults(schedule, shop, clock, running, byId.get(running.id)));
  const fixed = { locked: new Set(options.locked.map(({ id }) => id)), running: new Set(options.running.map(({ id }) => id)) };
  for (const { id, state } of operations) {
    if (state !== 'planned' && !fixed[state].has(id)) faults.push(`${id} is ${state}, which nobody asked for`);
  }
  return faults;
}

function runningFaults(schedule: Schedule, shop: Shop, clock: WallClock, { id, machine: name, started, remaining_min: remaining }: Schedule['options']['running'][number], operation: ScheduledOperation | undefined): string[] {
  const machine = shop.machines.find((one) => one.name === name);
  if (!machine || operation?.machine !== name || operation.state !== 'running') return [`${id} is ${operation?.state} on ${operation?.machine}, not running on ${name}`];
  const faults: string[] = [];
  const other = schedule.operations.find((one) => one.machine === name && Date.parse(one.start) < Date.parse(operation.start));
  if (other) faults.push(`${id} is running on ${name}, but ${other.id} is there before it`);
  const start = Date.parse(schedule.start);
  const since = started === undefined ? start : clock.read(started, 0);
  const full = (operation.quantity * operation.time_min) / machine.speed + operation.setup_min;
  const left = Math.max(1 / 60, remaining ?? full - checkedHours(shop, machine, clock, since, start)(since, start));
  if (Math.abs(left - operation.work_min) > rounding) faults.push(`${id} has ${left} min left, not ${operation.work_min}`);
  return faults;
}
