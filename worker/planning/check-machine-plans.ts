import type { Schedule, ScheduledOperation } from '../../common/scheduling/schedule.ts';
import type { Machine, Shop } from '../../common/scheduling/shop.ts';
import { rounding } from './check-tolerance.ts';
import { checkedHours } from './checked-hours.ts';
import type { WallClock } from './wall-clock.ts';

/** What is wrong with the operations on each machine: capability, durations by speed, working hours, setups, overlap. */
export function machinePlanFaults(schedule: Schedule, shop: Shop, clock: WallClock): string[] {
  const faults: string[] = [];
  for (const machine of shop.machines) {
    const there = schedule.operations.filter((operation) => operation.machine === machine.name).sort((a, b) => Date.parse(a.start) - Date.parse(b.start));
    faults.push(...machineFaults(schedule, shop, clock, machine, there));
  }
  for (const { id, machine } of schedule.operations) {
    if (!shop.machines.some(({ name }) => name === machine)) faults.push(`${id} is on ${machine}, which the shop does not have`);
  }
  return faults;
}

function machineFaults(schedule: Schedule, shop: Shop, clock: WallClock, machine: Machine, operations: readonly ScheduledOperation[]): string[] {
  const faults: string[] = [];
  const last = operations.reduce((end, operation) => Math.max(end, Date.parse(operation.end)), 0);
  const worked = checkedHours(shop, machine, clock, Date.parse(schedule.start), last);
  const calendar = machine.calendar === undefined ? undefined : shop.calendars[machine.calendar];
  const pausing = machine.pausing ?? calendar?.pausing ?? true;
  const span = (what: string, from: number, to: number, minutes: number): void => {
    const working = worked(from, to);
    if (Math.abs(working - minutes) > rounding) faults.push(`${what} has ${working} working minutes on ${machine.name} instead of ${minutes}`);
    if (worked(from, from + 1_000) === 0 || worked(to - 1_000, to) === 0) faults.push(`${what} starts or ends in a break of ${machine.name}`);
    if (!pausing && Math.abs((to - from) / 60_000 - minutes) > rounding) faults.push(`${what} pauses on ${machine.name}, which must not`);
  };
  for (const [index, operation] of operations.entries()) {
    const before = operations[index - 1];
    const [start, end] = [Date.parse(operation.start), Date.parse(operation.end)];
    const free = before ? Date.parse(before.end) : Date.parse(schedule.start);
    if (!machine.processes.includes(operation.process)) faults.push(`${operation.id} needs ${operation.process}, which ${machine.name} cannot do`);
    const needed = Math.max(1 / 60, (operation.quantity * operation.time_min) / machine.speed + operation.setup_min);
    if (operation.state !== 'running' && Math.abs(needed - operation.work_min) > rounding) faults.push(`${operation.id} takes ${operation.work_min} min instead of ${needed}`);
    span(operation.id, start, end, operation.work_min);

    const setup = operation.state === 'running' && !before ? 0 : setupMinutes(schedule, shop, machine, before, operation);
    if (Math.abs(setup - operation.changeover_min) > rounding) faults.push(`the setup for ${operation.id} takes ${operation.changeover_min} min instead of ${setup}`);
    if (operation.setup_start === null || operation.setup_end === null) {
      if (operation.changeover_min > 0) faults.push(`the setup for ${operation.id} has no time`);
      if (start < free) faults.push(`${operation.id} starts while ${before?.id} is on ${machine.name}`);
      continue;
    }
    const [setupStart, setupEnd] = [Date.parse(operation.setup_start), Date.parse(operation.setup_end)];
    if (setupStart < free || setupEnd > start) faults.push(`the setup for ${operation.id} lies outside of the time between ${before?.id ?? 'the start of the plan'} and it`);
    span(`the setup for ${operation.id}`, setupStart, setupEnd, operation.changeover_min);
  }
  return faults;
}

/** Setup minutes by the shop's rules, read again from the features as they are written. */
function setupMinutes(schedule: Schedule, shop: Shop, machine: Machine, before: ScheduledOperation | undefined, after: ScheduledOperation): number {
  const mounted = schedule.options.mounted[machine.name];
  let sum = 0;
  for (const rule of shop.setups) {
    const own = rule.machines?.includes(machine.name) === true;
    const replaced = rule.machines === undefined && shop.setups.some((other) => other.feature === rule.feature && other.machines?.includes(machine.name));
    if ((rule.machines !== undefined && !own) || replaced) continue;
    const value = (operation: ScheduledOperation): string => (rule.feature === shop.process_column ? operation.process : (Object.hasOwn(operation.features, rule.feature) ? (operation.features[rule.feature] ?? '') : ''));
    const from = before ? value(before) : mounted?.[rule.feature];
    if (from === undefined) continue;
    const to = value(after);
    if (equal(from, to)) sum += rule.same;
    else {
      const exact = rule.changes.find((change) => change.from !== undefined && change.to !== undefined && equal(change.from, from) && equal(change.to, to));
      const half = rule.changes.find((change) => (change.from === undefined) !== (change.to === undefined) && equal(change.from ?? from, from) && equal(change.to ?? to, to));
      sum += (exact ?? half)?.minutes ?? rule.default;
    }
  }
  return sum;
}

function equal(a: string, b: string): boolean {
  const [x, y] = [a.trim(), b.trim()];
  return x === y || (isDecimal(x) && isDecimal(y) && Number(x) === Number(y));
}

/** True for a number as people write it: 0x10 is a name like any other, and so is what no number can hold. */
function isDecimal(text: string): boolean {
  return /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(text) && Number.isFinite(Number(text));
}
