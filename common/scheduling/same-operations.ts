import type { ScheduledOperation } from './schedule.ts';

/** What an operation is known by. */
export type KnownOperation = Pick<ScheduledOperation, 'id' | 'batch_id' | 'line'>;

/**
 * For each operation of a later schedule the one that it is in an earlier schedule: that of the same line where both hold its batch; otherwise, since a corrected
 * file is another batch, that of the same id among those whose batch the other schedule does not hold.
 */
export function sameOperations<Earlier extends KnownOperation>(earlier: readonly Earlier[], later: readonly KnownOperation[]): (Earlier | undefined)[] {
  const batches = (operations: readonly KnownOperation[]): Set<string | null> => new Set(operations.map(({ batch_id: batch }) => batch));
  const keyOf = ({ id, batch_id: batch, line }: KnownOperation, others: ReadonlySet<string | null>): string => (batch !== null && others.has(batch) ? JSON.stringify([batch, line]) : id);
  const laterBatches = batches(later);
  const earlierBatches = batches(earlier);
  const byKey = new Map(earlier.map((operation) => [keyOf(operation, laterBatches), operation]));
  return later.map((operation) => byKey.get(keyOf(operation, earlierBatches)));
}
