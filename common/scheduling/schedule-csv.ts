import { csvText } from '../files/export/csv-text.ts';
import { type ExportDialect, byteOrderMark } from '../files/export/export-dialect.ts';
import { neutralised } from '../files/import/formula-guard.ts';
import { clearNumber } from '../files/import/number-text.ts';
import type { Schedule } from './schedule.ts';

const leading = ['part_id', 'order_id', 'operation'] as const;
const planning = ['quantity', 'release', 'due', 'priority', 'setup_min', 'time_min', 'time_min_low', 'time_min_high'] as const;
const placing = ['machine', 'start', 'end', 'setup_start', 'setup_end', 'changeover_min', 'work_min', 'state', 'late_min', 'on_time'] as const;

/**
 * A schedule as CSV, one row an operation, by machine and start. It can be planned again as it is: the parts' own columns come first, by the names that planning reads, and what the
 * schedule adds comes last. `processColumn` is the shop's.
 */
export function scheduleCsv(schedule: Schedule, processColumn: string, { delimiter, decimal }: ExportDialect): string {
  const own = new Set<string>([...leading, ...planning, ...placing, processColumn]);
  const features = [...new Set(schedule.operations.flatMap((operation) => Object.keys(operation.features)))].filter((column) => !own.has(column));
  const orders = new Map(schedule.orders.map((order) => [order.id, order]));
  const text = (value: string | number | null | undefined): string => {
    if (typeof value !== 'number') return neutralised.of(value ?? '');
    // Between commas a point can be nothing but the decimal mark.
    return delimiter === ',' && decimal === '.' ? String(value) : clearNumber(value, decimal);
  };
  const rows = schedule.operations.map((operation) => {
    const order = orders.get(operation.order_id);
    // An operation that has its order's id is the order's only one and came without a number.
    const alone = operation.id === operation.order_id;
    const bare = alone && operation.order_id === operation.part_id;
    return [
      operation.part_id, bare ? '' : operation.order_id, alone ? '' : operation.operation,
      ...features.map((column) => numberOrText(operation.features[column])),
      operation.process,
      operation.quantity, order?.release, order?.due, order?.priority, operation.setup_min, operation.time_min, operation.time_min_low, operation.time_min_high,
      operation.machine, operation.start, operation.end, operation.setup_start, operation.setup_end, operation.changeover_min, operation.work_min, operation.state,
      order?.late_min, order?.on_time,
    ];
  });
  const table = [[...leading, ...features, processColumn, ...planning, ...placing], ...rows].map((cells) => csvText(cells.map(text), delimiter));
  return `${byteOrderMark(table, { format: 'csv', encoding: 'utf-8' })}${table.join('\n')}\n`;
}

/** A feature's text as the number that it spells, where it spells it plainly: only then it may be written with another decimal mark. */
function numberOrText(text = ''): string | number {
  const number = Number(text);
  return text === String(number) && Number.isFinite(number) ? number : text;
}
