import type { FieldIssue } from '../../common/errors.ts';
import { priorityWeight } from '../../common/scheduling/priority-weight.ts';
import { issueAt } from '../../common/scheduling/shape-issues.ts';
import type { Unplanned } from '../../common/scheduling/schedule.ts';
import { maxOperations, tooManyOperations } from '../../common/scheduling/schedule-request.ts';
import type { Shop } from '../../common/scheduling/shop.ts';
import type { ZonedClock } from '../../common/scheduling/zoned-clock.ts';
import type { EstimatedPart, RefusedPart } from './estimated-part.ts';
import type { PlannedOperation, PlannedOrder, PlannedWork } from './planned-work.ts';
import { type ReadRow, type RowFault, nameOf, readPlannedRow } from './read-planned-row.ts';
import { routingFault } from './routing-fault.ts';

/** A row that was read or refused, with what names it. */
interface SortedRow {
  batchId: string | null;
  line: number;
  partId: string;
  orderId: string;
  operation: number | undefined;
  row: ReadRow | RowFault;
}

/**
 * The work in estimated parts: orders with their operations, and every part that cannot be planned with its reason. An order of which one operation
 * cannot be made is left out as a whole. Throws `too_many_operations`.
 */
export function readPlannedWork(parts: readonly (EstimatedPart | RefusedPart)[], shop: Shop, clock: ZonedClock): PlannedWork {
  if (parts.length > maxOperations) throw tooManyOperations(parts.length);
  const processes = [...new Set(shop.machines.flatMap((machine) => machine.processes))];
  const reading = { processColumn: shop.process_column, processes, clock };
  return groupByOrder(parts.map((part): SortedRow => {
    const { batchId, line, orderId, operation } = part;
    const partId = nameOf(part);
    return { batchId, line, partId, orderId: orderId ?? partId, operation: operation ?? undefined, row: 'reason' in part ? part : readPlannedRow(part, reading) };
  }));
}

function groupByOrder(rows: readonly SortedRow[]): PlannedWork {
  const groups = new Map<string, SortedRow[]>();
  const times = new Map<string, number>();
  for (const row of rows) {
    // Parts that name no order and no place in one are orders of their own, also where two have the same part_id.
    const alone = 'reason' in row.row ? row.operation === undefined && row.orderId === row.partId : !row.row.hasOrder;
    const count = alone ? (times.get(row.partId) ?? 0) + 1 : 1;
    if (alone) times.set(row.partId, count);
    const key = JSON.stringify(alone ? ['part', row.partId, count] : ['order', row.orderId]);
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  const ids = new Set<string>();
  const orders: PlannedOrder[] = [];
  const unplanned: Unplanned[] = [];
  const warnings: FieldIssue[] = [];
  for (const group of groups.values()) {
    const refused = orderFaults(group);
    if (refused) unplanned.push(...refused);
    else {
      const order = orderOf(group, ids);
      orders.push(order);
      warnings.push(...orderWarnings(group, order));
    }
  }
  const modelVersions = [...new Set(rows.flatMap(({ row }) => ('reason' in row || row.modelVersion === '' ? [] : [row.modelVersion])))];
  return { orders, unplanned, warnings, modelVersions };
}

/** The rows of an order that cannot be made, each with its reason; undefined where it can. */
function orderFaults(group: readonly SortedRow[]): Unplanned[] | undefined {
  const unplanned = ({ batchId, line, partId, orderId, operation }: SortedRow, { reason, fix }: RowFault): Unplanned =>
    ({ batch_id: batchId, line, part_id: partId, order_id: orderId, operation: operation ?? null, reason, fix });
  const routing = group.length > 1 ? routingFault(group.map(({ operation, line }) => ({ number: operation, line }))) : undefined;
  const faulty = group.find(({ row }) => 'reason' in row);
  if (!faulty && !routing) return undefined;
  return group.map((one) => {
    if ('reason' in one.row) return unplanned(one, one.row);
    if (routing) return unplanned(one, routing);
    const other = faulty && 'reason' in faulty.row ? faulty.row.reason : '';
    return unplanned(one, { reason: `another operation of order ${one.orderId} cannot be planned (${other.startsWith(`line ${faulty?.line}`) ? '' : `line ${faulty?.line}: `}${other})`, fix: 'correct that row' });
  });
}

function orderOf(group: readonly SortedRow[], ids: Set<string>): PlannedOrder {
  const rows = group.flatMap(({ row }) => ('reason' in row ? [] : [row])).sort((a, b) => (a.operation.number ?? 0) - (b.operation.number ?? 0));
  const orderId = free(rows[0]?.operation.orderId ?? '', ids);
  const operations = rows.map(({ operation, hasOrder }): PlannedOperation => {
    const number = operation.number ?? 10;
    return { ...operation, orderId, number, id: hasOrder && operation.number !== undefined ? free(`${orderId}/${number}`, ids) : orderId };
  });
  const releases = rows.flatMap(({ release }) => release ?? []);
  const dues = rows.flatMap(({ due }) => due ?? []);
  const priorities = rows.flatMap((row) => row.priority ?? []);
  const priority = priorities.length === 0 ? null : Math.min(...priorities);
  return {
    id: orderId,
    operations,
    release: releases.length === 0 ? undefined : Math.max(...releases),
    due: dues.at(-1), // of the last operation that has one
    priority,
    weight: priorityWeight(priority),
  };
}

/** The id, or with #2, #3 … behind it where it is taken. */
function free(id: string, taken: Set<string>): string {
  let name = id;
  for (let count = 2; taken.has(name); count++) name = `${id}#${count}`;
  taken.add(name);
  return name;
}

function orderWarnings(group: readonly SortedRow[], order: PlannedOrder): FieldIssue[] {
  const warnings: FieldIssue[] = [];
  const line = group[0]?.line;
  const warn = (field: string, what: string, value: unknown, fix: string): void => {
    const issue = issueAt(line === undefined ? `order ${order.id}` : `line ${line}, order ${order.id}`, what, value, fix);
    warnings.push({ ...issue, field, ...(line === undefined ? {} : { line }) });
  };
  if (order.release !== undefined && order.due !== undefined && order.due <= order.release) warn('due', 'is due before it is released, and will be late', null, 'correct due or release');
  const distinct = (values: readonly (number | undefined)[]): number => new Set(values.filter((value) => value !== undefined)).size;
  const rows = group.flatMap(({ row }) => ('reason' in row ? [] : [row]));
  if (distinct(rows.map(({ due }) => due)) > 1) warn('due', 'its operations have different due dates; that of the last counts', null, 'give all operations of an order the same due date');
  if (distinct(rows.map(({ release }) => release)) > 1) warn('release', 'its operations have different releases; the latest counts', null, 'give all operations of an order the same release');
  return warnings;
}
