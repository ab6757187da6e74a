import type { Schedule, ScheduledOperation, ScheduledOrder } from '../../common/scheduling/schedule.ts';
import { rounding, sumRounding } from './check-tolerance.ts';

/** What is wrong with the orders of a schedule: operations that are missing, there twice or out of turn, releases, finishes, lateness and what it is said to come from. */
export function orderPlanFaults(schedule: Schedule): string[] {
  const { orders, operations } = schedule;
  const byOrder = new Map<string, ScheduledOperation[]>();
  for (const operation of operations) {
    const routing = byOrder.get(operation.order_id);
    if (routing) routing.push(operation);
    else byOrder.set(operation.order_id, [operation]);
  }
  const known = new Set(orders.map(({ id }) => id));
  return [
    ...repeated(operations.map(({ id }) => id)).map((id) => `${id} is planned twice`),
    ...repeated(orders.map(({ id }) => id)).map((id) => `order ${id} is listed twice`),
    ...operations.filter(({ order_id: order }) => !known.has(order)).map(({ id, order_id: order }) => `${id} belongs to order ${order}, which is not listed`),
    ...operations.flatMap((operation) => minuteFaults(schedule, operation)),
    ...orders.flatMap((order) => routingFaults(schedule, order, byOrder.get(order.id) ?? [])),
    ...lateFaults(schedule, byOrder),
  ];
}

function repeated(ids: readonly string[]): string[] {
  const seen = new Set<string>();
  return ids.filter((id) => seen.size === seen.add(id).size);
}

function minuteFaults({ start: from }: Schedule, { id, start, end, start_min: first, end_min: last }: ScheduledOperation): string[] {
  const minutes = (time: string): number => (Date.parse(time) - Date.parse(from)) / 60_000;
  return Math.abs(minutes(start) - first) > rounding || Math.abs(minutes(end) - last) > rounding ? [`${id} is from ${start} to ${end}, not from minute ${first} to ${last}`] : [];
}

/** When an order may begin: at its release, or with the plan where a part of it runs already. */
function readyAt({ start }: Schedule, order: ScheduledOrder, routing: readonly ScheduledOperation[]): number {
  const runs = routing.some(({ state }) => state === 'running');
  return Math.max(Date.parse(start), order.release === null || runs ? 0 : Date.parse(order.release));
}

function routingFaults(schedule: Schedule, order: ScheduledOrder, operations: readonly ScheduledOperation[]): string[] {
  const { id, due, finish, priority, weight } = order;
  const faults: string[] = [];
  if (operations.length === 0) return [`order ${id} has no operation`];
  const routing = [...operations].sort((a, b) => a.operation - b.operation);
  let ready = readyAt(schedule, order, routing);
  for (const operation of routing) {
    if (Date.parse(operation.start) < ready) faults.push(`${operation.id} starts at ${operation.start}, before its order is ready for it`);
    ready = Date.parse(operation.end);
  }
  if (ready !== Date.parse(finish)) faults.push(`order ${id} ends at ${new Date(ready).toISOString()}, not at ${finish}`);
  const minutes = (ready - Date.parse(schedule.start)) / 60_000;
  if (Math.abs(minutes - order.finish_min) > rounding) faults.push(`order ${id} ends in minute ${minutes}, not ${order.finish_min}`);
  const late = due === null ? 0 : Math.max(0, (ready - Date.parse(due)) / 60_000);
  // A due date between two seconds counts from the earlier one.
  if (Math.abs(late - order.late_min) > 2 * rounding + 1 / 60) faults.push(`order ${id} is ${late} min late, not ${order.late_min}`);
  const expected = [16, 8, 4, 2][(priority ?? 5) - 1] ?? 1;
  if (weight !== expected) faults.push(`order ${id} of priority ${priority ?? 'none'} weighs ${expected}, not ${weight}`);
  return faults;
}

function lateFaults(schedule: Schedule, byOrder: ReadonlyMap<string, readonly ScheduledOperation[]>): string[] {
  const faults: string[] = [];
  const orders = new Map(schedule.orders.map((order) => [order.id, order]));
  const told = new Set(schedule.late.map(({ order_id: id }) => id));
  for (const { id, late_min: late } of schedule.orders) if (late > 0 && !told.has(id)) faults.push(`order ${id} is late without a reason`);
  faults.push(...repeated(schedule.late.map(({ order_id: id }) => id)).map((id) => `order ${id} is late for two reasons`));
  for (const { order_id: id, late_min: late, waits } of schedule.late) {
    const order = orders.get(id);
    if (!order || order.late_min !== late || late <= 0) faults.push(`order ${id} is said to be ${late} min late, and is ${order?.late_min}`);
    if (!order) continue;
    const waited = waits.reduce((sum, { minutes }) => sum + minutes, 0);
    const passed = (Date.parse(order.finish) - readyAt(schedule, order, byOrder.get(id) ?? [])) / 60_000;
    // A release between two seconds counts from the later one.
    if (Math.abs(waited - passed) > sumRounding(waits.length) + 1 / 60) faults.push(`order ${id} takes ${passed} min, of which ${waited} are explained`);
  }
  return faults;
}
