import type { FieldIssue } from '../common/errors.ts';
import { TotalRow } from '../common/files/import/total-row.ts';
import { knownVocabulary } from '../common/files/import/vocabulary.ts';
import { decimal, largestNumber } from '../common/part.ts';

/** The measured value that a cell spells: not negative and no larger than any number may be; else undefined. */
export function targetValue(text: string): number | undefined {
  const value = decimal(text.trim());
  return value !== undefined && value >= 0 && value <= largestNumber ? value : undefined;
}

/** What is wrong with a cell that `targetValue` refused. */
export function targetIssue(line: number, name: string, text: string): FieldIssue {
  const shown = text.trim().slice(0, 80);
  const bound = Number(text) > largestNumber ? `from 0 to ${largestNumber}` : 'of at least 0';
  const message = `line ${line}, column ${name}: expected a number ${bound}, got ${shown === '' ? 'nothing' : `"${shown}"`}`;
  return { line, field: name, value: shown === '' ? null : shown, message, fix: 'give the measured value, or leave the row out' };
}

/** Largest of all targets below which estimates, which have twelve decimal places at most, would all round to nothing much. */
const smallestTarget = 1e-9;

/** What keeps targets that go from one value to another from being learned, and what to do; undefined where nothing does. */
export function rangeProblem(name: string, smallest: number, largest: number): string | undefined {
  if (smallest === largest) return `${name} is ${smallest} in every row: there is nothing to learn; check that the column holds measured values`;
  return largest < smallestTarget ? `${name} is at most ${largest}: estimates have twelve decimal places at most, and the largest must be ${smallestTarget} or more; give the values in a smaller unit` : undefined;
}

/** What is wrong with a row that has more or fewer cells than the header. */
export function widthIssue(line: number, expected: number, got: number): FieldIssue {
  return { line, field: '', value: null, message: `line ${line}: expected ${expected} cells as in the header, got ${got}`, fix: 'add or remove commas, or put a value that holds a comma in quotes' };
}

const totalRow = new TotalRow(knownVocabulary);

/** What is wrong with a row that a word says to be totals: its sum is no part's, and its empty cells must not make columns optional. Undefined for any other row. */
export function totalIssue(line: number, cells: readonly string[]): FieldIssue | undefined {
  return totalRow.isTotal(cells) ? { line, field: '', value: null, message: `line ${line}: a row of totals`, fix: 'leave the row out' } : undefined;
}
