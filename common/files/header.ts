import { type FieldIssue, SpindleError } from '../errors.ts';
import { nearest } from '../nearest.ts';
import type { TableRow } from './import/table-row.ts';

/** Columns that a file may have. */
export const maxColumns = 1_000;

/**
 * The header's names, trimmed, and where each needed column stands among them.
 * Throws `too_many_columns`, or `duplicate_columns` or `missing_columns` with all that is wrong with the header.
 */
export function readColumns({ cells, line }: Pick<TableRow, 'cells' | 'line'>, needed: readonly string[]): { names: string[]; positions: number[] } {
  const names = trimmedNames(cells, line);
  refuseFor([duplicateColumns(names, line), missingColumns(names, needed, line)]);
  return { names, positions: needed.map((name) => names.indexOf(name)) };
}

/** Throws all of these problems that there are as one error, under the code of the first. */
export function refuseFor(found: readonly (SpindleError | undefined)[]): void {
  const problems = found.filter((problem) => problem !== undefined);
  const [first] = problems;
  if (first) throw new SpindleError(first.code, problems.map(({ message }) => message).join('; '), { issues: problems.flatMap(({ issues }) => issues) });
}

/** The header's names without the spaces around them. Throws `too_many_columns`. */
export function trimmedNames(cells: readonly string[], line = 1): string[] {
  if (cells.length > maxColumns) throw new SpindleError('too_many_columns', `line ${line}: the header has ${cells.length} columns; at most ${maxColumns} are accepted`);
  return cells.map((cell) => cell.trim());
}

/** `duplicate_columns` for a header that names a column more than once. */
export function duplicateColumns(names: readonly string[], line = 1): SpindleError | undefined {
  const seen = new Map<string, number>();
  const issues = names.flatMap((name, index): FieldIssue[] => {
    const first = seen.get(name);
    if (name === '') return [];
    if (first === undefined) {
      seen.set(name, index);
      return [];
    }
    return [{ line, field: name, value: name, message: `line ${line}, column ${index + 1}: "${name.slice(0, 80)}" is already the name of column ${first + 1}`, fix: 'rename or remove one of the two' }];
  });
  if (issues.length === 0) return undefined;
  return new SpindleError('duplicate_columns', `line ${line}: ${issues.length === 1 ? 'a column name appears' : 'column names appear'} twice`, { issues: issues.slice(0, 100) });
}

const separatorNames = { ';': 'semicolons', '\t': 'tabs', '|': 'vertical bars' };

/** `missing_columns` for a header that lacks needed columns, with the names that may be meant. */
export function missingColumns(header: readonly string[], needed: readonly string[], line = 1): SpindleError | undefined {
  const spare = header.filter((name) => name !== '' && !needed.includes(name));
  // `x` stands for x_cm where nothing else does; anything further off must be similar as a whole.
  const similar = (name: string): string | undefined => spare.find((column) => name.startsWith(`${column}_`)) ?? nearest(name, spare);
  const absent = needed.filter((name) => !header.includes(name));
  if (absent.length === 0) return undefined;
  if (isBlank(header)) return new SpindleError('missing_columns', `line ${line} is empty where the column names are expected: remove the lines above them, or add a header with ${needed.join(', ')}`);
  const separator = header.length === 1 ? ([';', '\t', '|'] as const).find((one) => header[0]?.includes(one)) : undefined;
  if (separator) return new SpindleError('missing_columns', `line ${line}: the columns are separated by ${separatorNames[separator]}: save the file as CSV with commas and decimal points`);
  const issues = absent.map((name): FieldIssue => {
    const near = similar(name);
    return { line, field: name, value: null, message: `line ${line}: the column ${name} is missing`, fix: near ? `is "${near.slice(0, 80)}" meant? rename it to ${name}` : `add a column named ${name}` };
  });
  const seen = header.slice(0, 20).map((name) => name.slice(0, 40)).join(', ');
  return new SpindleError('missing_columns', `line ${line}: missing ${absent.join(', ')}; the header has ${seen}`, { issues });
}

/** True for a row with nothing in it. */
export function isBlank(cells: readonly string[]): boolean {
  return cells.every((cell) => cell.trim() === '');
}
