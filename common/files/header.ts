import { SpindleError } from '../errors.ts';
import { nearest } from '../nearest.ts';

/** Columns that a file may have. */
const maxColumns = 1_000;

/** The header's names, trimmed. Throws `too_many_columns` or `duplicate_columns`. */
export function readHeader(cells: readonly string[]): string[] {
  if (cells.length > maxColumns) throw new SpindleError('too_many_columns', `line 1: the header has ${cells.length} columns; at most ${maxColumns} are accepted`);
  const names = cells.map((cell) => cell.trim());
  const seen = new Map<string, number>();
  const issues = names.flatMap((name, index) => {
    const first = seen.get(name);
    if (name === '') return [];
    if (first === undefined) {
      seen.set(name, index);
      return [];
    }
    return [{ line: 1, field: name, value: name, message: `line 1, column ${index + 1}: "${name.slice(0, 80)}" is already the name of column ${first + 1}`, fix: 'rename or remove one of the two' }];
  });
  if (issues.length > 0) throw new SpindleError('duplicate_columns', `line 1: ${issues.length === 1 ? 'a column name appears' : 'column names appear'} twice`, { issues: issues.slice(0, 100) });
  return names;
}

const separatorNames = { ';': 'semicolons', '\t': 'tabs', '|': 'vertical bars' };

/** Where each needed column stands in the header. Throws `missing_columns` with all that are missing and the nearest name seen. */
export function findColumns(header: readonly string[], needed: readonly string[]): number[] {
  const missing = needed.filter((name) => !header.includes(name));
  if (missing.length > 0) {
    if (isBlank(header)) throw new SpindleError('missing_columns', `line 1 is empty where the column names are expected: remove the lines above them, or add a header with ${needed.join(', ')}`);
    const separator = header.length === 1 ? ([';', '\t', '|'] as const).find((one) => header[0]?.includes(one)) : undefined;
    if (separator) throw new SpindleError('missing_columns', `line 1: the columns are separated by ${separatorNames[separator]}: save the file as CSV with commas and decimal points`);
    const spare = header.filter((name) => name !== '' && !needed.includes(name));
    const issues = missing.map((name) => {
      // `x` stands for x_cm where nothing else does; anything further off must be similar as a whole.
      const near = spare.find((column) => name.startsWith(`${column}_`)) ?? nearest(name, spare);
      return {
        line: 1,
        field: name,
        value: null,
        message: `line 1: the column ${name} is missing`,
        fix: near ? `is "${near.slice(0, 80)}" meant? rename it to ${name}` : `add a column named ${name}`,
      };
    });
    const seen = header.slice(0, 20).map((name) => name.slice(0, 40)).join(', ');
    throw new SpindleError('missing_columns', `line 1: missing ${missing.join(', ')}; the header has ${seen}`, { issues });
  }
  return needed.map((name) => header.indexOf(name));
}

/** True for a row with nothing in it. */
export function isBlank(cells: readonly string[]): boolean {
  return cells.every((cell) => cell.trim() === '');
}
