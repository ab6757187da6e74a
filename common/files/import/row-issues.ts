import type { FieldIssue } from '../../errors.ts';

const ofRow = (line: number, message: string, fix: string): FieldIssue => ({ line, field: '', value: null, message: `line ${line}${message}`, fix });

/** What is wrong with rows as a whole, with the fix. */
export const rowIssues = {
  /** Another number of cells than the header has. */
  width(line: number, cells: readonly string[], expected: number): FieldIssue {
    const last = (cells.findLast((cell) => cell.trim() !== '') ?? '').trim().slice(0, 40);
    const fix = cells.length > expected ? `put a value that holds a separator in quotes, or name the column that "${last}" stands in` : 'add the separators that are missing';
    return ofRow(line, `: expected ${expected} cells as in the header, got ${cells.length}`, fix);
  },
  /** Nothing of what a part is estimated by. */
  features: (line: number): FieldIssue => ofRow(line, ': no feature has a value', 'fill them in, or remove the row'),
  /** Another table than the one whose header was read, from the line `first` on. */
  secondTable(line: number, first: number): FieldIssue {
    const message = line === first ? ': a second table begins here, with another header' : `: belongs to a second table, which begins in line ${first} with another header`;
    return ofRow(line, message, 'upload it as a file of its own');
  },
  /** A quote that made one row of the lines `first` to `last`. */
  quote: (first: number, line: number, last: number): FieldIssue => ofRow(line, `: a quote (") is opened in line ${first} and closed in line ${last} only, so that they came as one row`, 'close the quote where it is opened, or remove both'),
  /** A row of totals between the parts. */
  total: (line: number): FieldIssue => ofRow(line, ': looks like a row of totals among the parts', 'remove it: totals are recognised below the last part only'),
};
