import { nearest } from '../../common/nearest.ts';
import { timeFix } from '../../common/scheduling/read-shop.ts';
import type { ZonedClock } from '../../common/scheduling/zoned-clock.ts';
import type { EstimatedPart } from './estimated-part.ts';
import type { PlannedOperation } from './planned-work.ts';

/** A row that can be planned so far as it tells itself: its operation, and what it says about its order. */
export interface ReadRow {
  operation: Omit<PlannedOperation, 'id' | 'number'> & { number: number | undefined };
  hasOrder: boolean;
  release: number | undefined;
  due: number | undefined;
  priority: number | null;
  modelVersion: string;
}

/** Why a row cannot be planned, and what to do about it. */
export interface RowFault {
  reason: string;
  fix: string;
}

/** What rows are read against. */
export interface RowReading {
  processColumn: string;
  /** Processes that some machine can do. */
  processes: readonly string[];
  clock: ZonedClock;
}

/** Hours of one operation at most: more is a slip of the quantity. */
const maxHours = 10_000;

/** What a part is called that has no name of its own. */
export const nameOf = ({ partId, line }: Pick<EstimatedPart, 'partId' | 'line'>): string => partId ?? `line ${line}`;

/** Reads one estimated part. Returns the fault that keeps it from being planned instead. */
export function readPlannedRow(part: EstimatedPart, { processColumn, processes, clock }: RowReading): ReadRow | RowFault {
  const { estimate, quantity, setupMinutes, process } = part;
  const time = (column: 'release' | 'due', edge: 'start' | 'end'): number | undefined | RowFault => {
    const text = part[column];
    const instant = text === null ? undefined : clock.read(text, edge);
    return text === null || instant !== undefined ? instant : { reason: `${column} is "${text.slice(0, 40)}", which is no date and time`, fix: timeFix };
  };
  if (!estimate) return { reason: 'it has no estimate', fix: 'correct the part and estimate it again' };
  const { value, low, high } = estimate;
  if (low > value || high < value) return { reason: `its interval ${low} to ${high} does not hold the estimate ${value}`, fix: 'estimate the part again' };
  const release = time('release', 'start');
  if (typeof release === 'object') return release;
  const due = time('due', 'end');
  if (typeof due === 'object') return due;
  if (!processes.includes(process)) {
    const near = nearest(process, processes);
    const fix = near === undefined ? `add a machine for it, or use one of ${processes.slice(0, 12).join(', ')}` : `did you mean "${near}"? otherwise add a machine for it`;
    return process === '' ? { reason: `it has no ${processColumn}`, fix: `give ${processColumn} a value` } : { reason: `no machine of the shop does ${process}`, fix };
  }
  const hours = (quantity * value + setupMinutes) / 60;
  if (hours > maxHours) {
    return { reason: `${quantity.toLocaleString('en')} ${quantity === 1 ? 'piece' : 'pieces'} of ${value} min${setupMinutes > 0 ? ` and ${setupMinutes.toLocaleString('en')} min of setup` : ''} take ${Math.round(hours).toLocaleString('en')} hours, more than ${maxHours.toLocaleString('en')}`, fix: setupMinutes > 60 * maxHours ? 'check setup_min' : 'check the quantity, or split the part' };
  }
  const partId = nameOf(part);
  return {
    operation: { batchId: part.batchId, partId, orderId: part.orderId ?? partId, number: part.operation ?? undefined, line: part.line, process, quantity, setupMinutes, minutes: estimate, features: part.features },
    hasOrder: part.orderId !== null || part.operation !== null,
    release,
    due,
    priority: part.priority,
    modelVersion: part.modelVersion,
  };
}
