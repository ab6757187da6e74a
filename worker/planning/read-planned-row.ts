import { decimal } from '../../common/part.ts';
import { nearest } from '../../common/nearest.ts';
import { timeFix } from '../../common/scheduling/read-shop.ts';
import type { ZonedClock } from '../../common/scheduling/zoned-clock.ts';
import type { PlannedOperation } from './planned-work.ts';

/** A row that can be planned so far as it tells itself: its operation, and what it says about its order. */
export interface ReadRow {
  operation: Omit<PlannedOperation, 'id' | 'orderId' | 'number'> & { orderId: string; number: number | undefined };
  hasOrder: boolean;
  release: number | undefined;
  due: number | undefined;
  priority: number;
  modelVersion: string;
}

/** Why a row cannot be planned, and what to do about it. */
export interface RowFault {
  reason: string;
  fix: string;
}

/** What rows are read against. */
export interface RowReading {
  /** The model's target and the minutes of one of its units. */
  target: string;
  unitMinutes: number;
  processColumn: string;
  /** Processes that some machine can do. */
  processes: readonly string[];
  clock: ZonedClock;
}

/** Hours of one operation at most: more is a slip of the quantity. */
const maxHours = 10_000;
const maxQuantity = 1_000_000;

/** Columns with a meaning of their own; all others are features. */
function reservedColumns(target: string): Set<string> {
  return new Set([
    'part_id', 'order_id', 'operation', 'quantity', 'due', 'release', 'priority', 'setup_min',
    target, `${target}_low`, `${target}_high`, 'flags', 'model_version',
    'machine', 'start', 'end', 'setup_start', 'setup_end', 'changeover_min', 'work_min', 'state', 'late_min', 'on_time',
  ]);
}

/** Reads one row of estimated parts by its columns. Returns the fault that keeps it from being planned instead. */
export function readPlannedRow(cells: Readonly<Record<string, string>>, line: number, reading: RowReading): ReadRow | RowFault {
  const cell = (column: string): string => (cells[column] ?? '').trim();
  const number = (column: string, absent: number, low: number, high: number, whole: boolean): number | RowFault => {
    const text = cell(column);
    const value = text === '' ? absent : decimal(text);
    if (value !== undefined && value >= low && value <= high && (!whole || Number.isInteger(value))) return value;
    const kind = `${whole ? 'a whole number' : 'a number'} from ${low.toLocaleString('en')} to ${high.toLocaleString('en')}`;
    return { reason: `${column} is "${text.slice(0, 40)}" where ${kind} is expected`, fix: `give ${column} ${kind}` };
  };
  const time = (column: string, edge: 'start' | 'end'): number | undefined | RowFault => {
    const text = cell(column);
    const instant = text === '' ? undefined : reading.clock.read(text, edge);
    return text === '' || instant !== undefined ? instant : { reason: `${column} is "${text.slice(0, 40)}", which is no date and time`, fix: timeFix };
  };

  const { target, unitMinutes, processColumn, processes } = reading;
  if (cell(target) === '') return { reason: 'it has no estimate', fix: 'correct the part and estimate it again' };
  const value = number(target, 0, 0, 1e9, false);
  if (typeof value === 'object') return value;
  const low = number(`${target}_low`, value, 0, 1e9, false);
  if (typeof low === 'object') return low;
  const high = number(`${target}_high`, value, 0, 1e9, false);
  if (typeof high === 'object') return high;
  if (low > value || high < value) return { reason: `its interval ${low} to ${high} does not hold the estimate ${value}`, fix: 'estimate the part again' };
  const quantity = number('quantity', 1, 1, maxQuantity, true);
  if (typeof quantity === 'object') return quantity;
  const setupMinutes = number('setup_min', 0, 0, 100_000, false);
  if (typeof setupMinutes === 'object') return setupMinutes;
  const priority = number('priority', 1, 0, 1_000, true);
  if (typeof priority === 'object') return priority;
  const release = time('release', 'start');
  if (typeof release === 'object') return release;
  const due = time('due', 'end');
  if (typeof due === 'object') return due;
  const place = cell('operation') === '' ? undefined : number('operation', 0, 1, 1_000_000, true);
  if (typeof place === 'object') return place;

  const process = cell(processColumn);
  if (!processes.includes(process)) {
    const near = nearest(process, processes);
    const fix = near === undefined ? `add a machine for it, or use one of ${processes.slice(0, 12).join(', ')}` : `did you mean "${near}"? otherwise add a machine for it`;
    return process === '' ? { reason: `it has no ${processColumn}`, fix: `give ${processColumn} a value` } : { reason: `no machine of the shop does ${process}`, fix };
  }
  const hours = (quantity * value * unitMinutes + setupMinutes) / 60;
  if (hours > maxHours) return { reason: `${quantity} pieces of ${value} take ${Math.round(hours).toLocaleString('en')} hours, more than ${maxHours.toLocaleString('en')}`, fix: 'check the quantity, or split the part' };

  const reserved = reservedColumns(target);
  const features = Object.fromEntries(Object.entries(cells).filter(([column]) => column !== '' && column !== processColumn && !reserved.has(column)));
  const minutes = { value: value * unitMinutes, low: low * unitMinutes, high: high * unitMinutes };
  const partId = cell('part_id') || `line ${line}`;
  const orderId = cell('order_id') || partId;
  return {
    operation: { partId, orderId, number: place, line, process, quantity, setupMinutes, minutes, features },
    hasOrder: cell('order_id') !== '' || place !== undefined,
    release, due, priority, modelVersion: cell('model_version'),
  };
}
