import type { Schedule, ScheduledOperation } from '../../common/scheduling/schedule.ts';
import type { Machine, Shop } from '../../common/scheduling/shop.ts';
import { checkedHours } from './checked-hours.ts';

/** Seconds and minutes are written rounded: what may differ by that, in min. */
const rounding = 0.011;

/**
 * Checks a finished schedule against its shop as a planner would, from what is written in it alone and with none of the code that made it: capability, durations by speed, working hours by
 * the wall clock, setups between what follows each other, no overlap, order of operations, releases, lateness, makespan, objective and bound. Returns what is wrong.
 */
export function checkShopSchedule(schedule: Schedule, shop: Shop): string[] {
  const faults: string[] = [];
  for (const machine of shop.machines) {
    const there = schedule.operations.filter((operation) => operation.machine === machine.name).sort((a, b) => Date.parse(a.start) - Date.parse(b.start));
    faults.push(...machineFaults(schedule, shop, machine, there));
  }
  for (const { id, machine } of schedule.operations) {
    if (!shop.machines.some(({ name }) => name === machine)) faults.push(`${id} is on ${machine}, which the shop does not have`);
  }
  return [...faults, ...orderFaults(schedule), ...sumFaults(schedule)];
}

function machineFaults(schedule: Schedule, shop: Shop, machine: Machine, operations: readonly ScheduledOperation[]): string[] {
  const faults: string[] = [];
  const last = operations.reduce((end, operation) => Math.max(end, Date.parse(operation.end)), 0);
  const worked = checkedHours(shop, machine, schedule.time_zone, Date.parse(schedule.start), last);
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
    const value = (operation: ScheduledOperation): string => (rule.feature === shop.process_column ? operation.process : (operation.features[rule.feature] ?? ''));
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

function orderFaults({ orders, operations, start }: Schedule): string[] {
  const faults: string[] = [];
  const byOrder = new Map<string, ScheduledOperation[]>();
  for (const operation of operations) byOrder.set(operation.order_id, [...(byOrder.get(operation.order_id) ?? []), operation]);
  for (const order of orders) {
    const routing = (byOrder.get(order.id) ?? []).sort((a, b) => a.operation - b.operation);
    const runs = routing.some(({ state }) => state === 'running');
    let ready = Math.max(Date.parse(start), order.release === null || runs ? 0 : Date.parse(order.release));
    for (const operation of routing) {
      if (Date.parse(operation.start) < ready) faults.push(`${operation.id} starts at ${operation.start}, before its order is ready for it`);
      ready = Date.parse(operation.end);
    }
    if (ready !== Date.parse(order.finish)) faults.push(`order ${order.id} ends at ${new Date(ready).toISOString()}, not at ${order.finish}`);
    const late = order.due === null ? 0 : Math.max(0, (ready - Date.parse(order.due)) / 60_000);
    // A due date between two seconds counts from the earlier one.
    if (Math.abs(late - order.late_min) > 2 * rounding + 1 / 60) faults.push(`order ${order.id} is ${late} min late, not ${order.late_min}`);
  }
  return faults;
}

function sumFaults(schedule: Schedule): string[] {
  const { figures, orders, operations } = schedule;
  const start = Date.parse(schedule.start);
  const minutes = (time: string): number => (Date.parse(time) - start) / 60_000;
  const makespan = operations.reduce((latest, { end }) => Math.max(latest, minutes(end)), 0);
  const objective = {
    makespan,
    tardiness: orders.reduce((sum, { weight, late_min: late }) => sum + weight * late, 0),
    finish: orders.reduce((sum, { weight, finish }) => sum + weight * minutes(finish), 0),
    setup: operations.reduce((sum, { changeover_min: setup }) => sum + setup, 0),
  }[schedule.objective_name];
  const weights = orders.reduce((sum, { weight }) => sum + weight, 1) + operations.length;
  const faults: string[] = [];
  if (Math.abs(makespan - figures.makespan_min) > rounding) faults.push(`the makespan is ${makespan} min, not ${figures.makespan_min}`);
  if (Math.abs(objective - schedule.objective) > rounding * weights) faults.push(`the objective is ${objective} min, not ${schedule.objective}`);
  if (schedule.lower_bound > schedule.objective) faults.push(`the bound ${schedule.lower_bound} is above the objective ${schedule.objective}`);
  return faults;
}
