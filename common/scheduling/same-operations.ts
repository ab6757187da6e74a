import type { ScheduledOperation } from './schedule.ts';

/** What an operation is known by. */
export type KnownOperation = Readonly<Pick<ScheduledOperation, 'id' | 'batch_id' | 'line' | 'process' | 'quantity'>> & { readonly features: Readonly<Record<string, string>> };

/**
 * For each operation of a later schedule the one that it is in an earlier schedule: that of the same line where both hold its batch; otherwise, since a corrected
 * file is another batch, that of the same id among those whose batch the other schedule does not hold. A part without a name, which is only called by its line, must be the same part, too.
 */
export function sameOperations<Earlier extends KnownOperation>(earlier: readonly Earlier[], later: readonly KnownOperation[]): (Earlier | undefined)[] {
  const batches = (operations: readonly KnownOperation[]): Set<string | null> => new Set(operations.map(({ batch_id: batch }) => batch));
  const keyOf = (operation: KnownOperation, others: ReadonlySet<string | null>): string => {
    const { id, batch_id: batch, line } = operation;
    if (batch !== null && others.has(batch)) return JSON.stringify([batch, line]);
    return isUnnamed(operation) ? JSON.stringify([id, ...contentOf(operation)]) : id;
  };
  const laterBatches = batches(later);
  const earlierBatches = batches(earlier);
  const byKey = new Map(earlier.map((operation) => [keyOf(operation, laterBatches), operation]));
  return later.map((operation) => byKey.get(keyOf(operation, earlierBatches)));
}

/** True for an operation that is only called by the line of its part, as every file has one. */
export function isUnnamed({ id }: Pick<ScheduledOperation, 'id'>): boolean {
  return /^line \d+(#\d+)?$/.test(id);
}

/** What an operation makes, whatever it is called and estimated at. */
export function contentOf({ process, quantity, features }: Pick<KnownOperation, 'process' | 'quantity' | 'features'>): unknown[] {
  return [process, quantity, Object.entries(features).sort(([a], [b]) => (a < b ? -1 : 1))];
}
