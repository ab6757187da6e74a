import { DecimalDecision } from './decimal-decision.ts';
import type { ImportOptions } from './import-options.ts';
import { decimalEvidence } from './number-text.ts';
import { openTable } from './open-table.ts';
import { firstRows } from './part-file.ts';
import { trimmedNames } from '../header.ts';
import type { TableRow } from './table-row.ts';

/** Options for a table whose columns are not known beforehand. */
export type TableOptions = Pick<ImportOptions, 'delimiter' | 'decimal' | 'encoding' | 'sheet'>;

/**
 * A table of any columns, header first, as a plain CSV would hold it: cells as they came, but numbers of columns of numbers with a decimal point.
 * Titles above the header are left out: its line tells how many. For files whose columns are still to be learned. Throws what `openTable` throws, `too_many_columns`, and `ambiguous_file` where numbers could be read in two ways.
 */
export async function* plainTable(source: AsyncIterable<Uint8Array>, options: TableOptions = {}): AsyncGenerator<TableRow[], void, undefined> {
  const table = await openTable(source, options, () => 0);
  try {
    const isSheet = table.format !== 'csv';
    const all: TableRow[] = [];
    let broken: { error: unknown } | undefined;
    // Whatever breaks the file, what stands before it is worth looking at: its reader tells all problems at once.
    await firstRows(table.rows, all).catch((error: unknown) => (broken = { error }));
    const first = all.slice(headerAt(all));
    const width = first[0]?.cells.length ?? 0;
    trimmedNames(first[0]?.cells ?? [], first[0]?.line); // too many columns are refused before all their cells are looked at
    const numeric = numericColumns(first.slice(1), width);
    const decimal = new DecimalDecision(options.decimal, table.format === 'json' ? 'json' : table.delimiter);
    for (const { line, cells, typed } of first.slice(1)) for (const c of numeric) if (!typed?.[c]) decimal.observe((cells[c] ?? '').trim(), line, first[0]?.cells[c] ?? '');
    decimal.settle();
    const plain = (row: TableRow): TableRow => ({ line: row.line, cells: withPoints(isSheet ? padded(row.cells, width) : row.cells, row, numeric, decimal, first[0]?.cells ?? []) });
    if (first.length > 0) yield [{ line: first[0]?.line ?? 1, cells: first[0]?.cells ?? [] }, ...first.slice(1).map(plain)];
    if (broken) throw broken.error;
    for await (const rows of table.rows) yield rows.map(plain);
  } finally {
    await table.close();
  }
}

/** Rows at a file's beginning among which its header is looked for, and those whose cells are counted. */
const headerRows = 20;
const countedRows = 100;

/** Position of the first row that is no title: one with more than a third of the cells that rows mostly have. A header with a cell too few is still one. */
function headerAt(rows: readonly TableRow[]): number {
  const filled = rows.slice(0, countedRows).map(({ cells }) => cells.filter((cell) => cell.trim() !== '').length);
  const usual = [...filled].sort((a, b) => a - b)[Math.floor(filled.length / 2)] ?? 0;
  return Math.max(0, filled.slice(0, headerRows).findIndex((count) => count > Math.max(usual < 3 ? 0 : 1, usual / 3)));
}

// A comma, or what groups thousands: what no plain number has.
const marked = /[,'’\s]/;

/** Columns of which nearly all cells of the beginning are numbers, in whatever notation. */
function numericColumns(rows: readonly TableRow[], width: number): number[] {
  const columns = Array.from({ length: width }, (_, column) => column);
  return columns.filter((column) => {
    const filled = rows.map(({ cells }) => (cells[column] ?? '').trim()).filter((text) => text !== '');
    return filled.length > 0 && filled.filter((text) => decimalEvidence(text) !== 'no number').length >= 0.9 * filled.length;
  });
}

function withPoints(cells: string[], { line, typed }: TableRow, numeric: readonly number[], decimal: DecimalDecision, header: readonly string[]): string[] {
  for (const column of numeric) {
    const text = (cells[column] ?? '').trim();
    if (text === '' || typed?.[column] || (decimal.mark === '.' && !marked.test(text))) continue;
    const value = decimal.read(text, line, header[column] ?? '');
    if (value !== undefined && (decimal.mark === ',' || marked.test(text))) cells[column] = String(value);
  }
  return cells;
}

function padded(cells: string[], width: number): string[] {
  return cells.length < width ? [...cells, ...Array.from({ length: width - cells.length }, () => '')] : cells;
}
