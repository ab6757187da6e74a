import { SpindleError } from '../errors.ts';
import { nearest } from '../nearest.ts';
import { planningColumns } from '../part-schema.ts';
import { missingColumns } from './header.ts';

/** Columns that a message lists. */
const maxListed = 30;

/**
 * `missing_columns` for a header without the column to learn, with the columns that could be meant.
 * `isTold` is true where the caller named the column, false where it is the usual one.
 */
export function missingTarget(header: readonly string[], name: string, { isTold, line = 1 }: { isTold: boolean; line?: number }): SpindleError | undefined {
  const missing = missingColumns(header, [name], line);
  if (!missing || missing.issues.length === 0) return missing; // there, or no header of separate columns at all
  const candidates = header.filter((column) => column !== '' && !planningColumns.some((planning) => planning === column));
  const near = candidates.find((column) => column.toLowerCase() === name.toLowerCase()) ?? candidates.find((column) => column.startsWith(`${name}_`)) ?? nearest(name, candidates);
  const listed = candidates.slice(0, maxListed).map((column) => column.slice(0, 40)).join(', ');
  const message = `line ${line}: no column ${name}${isTold ? ' to learn' : ' with the measured times'}; the header has ${listed}${candidates.length > maxListed ? ` and ${candidates.length - maxListed} more` : ''}`;
  const suggestion = near === undefined ? '' : `did you mean "${near.slice(0, 80)}"? `;
  const fix = `${suggestion}${isTold ? 'name one of the columns of the header' : 'name the column to learn with target'}`;
  return new SpindleError('missing_columns', `${message}; ${fix}`, { issues: [{ line, field: name, value: null, message, fix }] });
}
