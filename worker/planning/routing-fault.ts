import type { RowFault } from './read-planned-row.ts';

/**
 * What keeps the operations of an order from being a routing; undefined where they are one. Numbers may start anywhere, since what is done is no longer
 * in the file, and may be inserted (10, 15, 20), but no step is longer than the usual one: 10, or 1 where all numbers are below 10.
 */
export function routingFault(operations: readonly { number: number | undefined; line: number }[]): RowFault | undefined {
  const missing = operations.find(({ number }) => number === undefined);
  if (missing) return { reason: `line ${missing.line} of its order has no operation number`, fix: 'number the operations of an order 10, 20, 30 …' };
  const sorted = [...operations].sort((a, b) => (a.number ?? 0) - (b.number ?? 0));
  const step = (sorted.at(-1)?.number ?? 0) >= 10 ? 10 : 1;
  for (const [index, { number = 0, line }] of sorted.entries()) {
    const before = sorted[index - 1];
    if (before?.number === undefined) continue;
    if (number === before.number) {
      return { reason: `lines ${before.line} and ${line} of its order are both operation ${number}`, fix: 'give each operation of an order a number of its own' };
    }
    if (number - before.number > step) {
      return { reason: `its order jumps from operation ${before.number} to ${number}: one between them is missing`, fix: 'add the missing operation, or number without gaps' };
    }
  }
  return undefined;
}
