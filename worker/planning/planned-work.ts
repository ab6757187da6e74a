import type { FieldIssue } from '../../common/errors.ts';
import type { KnownOperation } from '../../common/scheduling/same-operations.ts';
import type { Unplanned } from '../../common/scheduling/schedule.ts';

/** Minutes of one piece: the estimate and the ends of its 90 % prediction interval. */
export interface PieceMinutes {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** One operation to be planned: a row of estimated parts. */
export interface PlannedOperation {
  /** Unique in a plan: the part_id, or order_id/operation. */
  readonly id: string;
  readonly partId: string;
  readonly orderId: string;
  /** Its place in the order's routing: 10, 20, 30 … */
  readonly number: number;
  /** The batch that it comes from; null where it comes from a file. */
  readonly batchId: string | null;
  /** Line of the file or upload. */
  readonly line: number;
  readonly process: string;
  readonly quantity: number;
  /** The part's own minutes of preparation, once for all pieces, at any machine's speed. */
  readonly setupMinutes: number;
  readonly minutes: PieceMinutes;
  /** All columns that neither plan nor estimate. */
  readonly features: Readonly<Record<string, string>>;
}

/** Operations that belong together and run one after the other. */
export interface PlannedOrder {
  readonly id: string;
  readonly operations: readonly PlannedOperation[];
  /** Instants in ms; undefined where there is none. */
  readonly release: number | undefined;
  readonly due: number | undefined;
  /** The most urgent of its operations: 1 is the most urgent of all. */
  readonly priority: number | null;
  /** Of its lateness. */
  readonly weight: number;
}

/** What is to be planned, what cannot be, and what looks wrong but is planned. */
export interface PlannedWork {
  readonly orders: readonly PlannedOrder[];
  readonly unplanned: readonly Unplanned[];
  readonly warnings: readonly FieldIssue[];
  readonly modelVersions: readonly string[];
}

/** What an operation is known by in another schedule. */
export function knownAs({ id, batchId, line, process, quantity, features }: PlannedOperation): KnownOperation {
  return { id, batch_id: batchId, line, process, quantity, features };
}

/** Minutes of an operation on a machine of some speed: quantity · time_min / speed + setup_min. */
export function minutesOn(speed: number, { quantity, minutes, setupMinutes }: PlannedOperation): number {
  return (quantity * minutes.value) / speed + setupMinutes;
}
