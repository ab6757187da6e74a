import { isAscii } from 'node:buffer';
import { z } from 'zod';
import { type Delimiter, delimiterNames, delimiters } from '../import/delimiter.ts';
import type { ImportReport } from '../import/import-report.ts';
import type { DecimalMark } from '../import/number-text.ts';
import { importOptionsSchema } from '../import/import-options.ts';

/** How a CSV is written. */
export interface ExportDialect {
  delimiter: Delimiter;
  decimal: DecimalMark;
}

/** Options of CSV exports, as texts. */
export const exportOptionsSchema = z.strictObject({
  delimiter: importOptionsSchema.shape.delimiter.describe('What stands between cells: comma, semicolon, tab or pipe; that of the upload unless told'),
  decimal: importOptionsSchema.shape.decimal.describe('What stands before decimals: point or comma; that of the upload unless told'),
});

export type ExportOptions = z.infer<typeof exportOptionsSchema>;

/** The dialect of an upload, as far as it is not told otherwise; that of a workbook is a comma and a point. */
export function exportDialect(report: Pick<ImportReport, 'delimiter' | 'decimal' | 'format'>, told: ExportOptions = {}): ExportDialect {
  const decimal = told.decimal ?? (report.format === 'csv' && report.decimal === 'comma' ? ',' : '.');
  const uploaded = delimiters.find((delimiter) => delimiterNames[delimiter] === report.delimiter) ?? ',';
  // A told decimal comma between commas would put quotes around every number.
  return { decimal, delimiter: told.delimiter ?? (told.decimal === ',' && uploaded === ',' ? ';' : uploaded) };
}

/**
 * What a CSV begins with: the byte order mark by which Excel knows UTF-8, where the names of the columns (or other `texts` that are known beforehand) need it, or the upload came from a program that
 * writes no plain UTF-8; nothing for all others, whose readers may take it for a part of the first name.
 */
export function byteOrderMark(texts: readonly string[], { format, encoding }: Pick<ImportReport, 'format' | 'encoding'>): '' | '\uFEFF' {
  const isPlain = format !== 'xlsx' && (encoding ?? 'utf-8') === 'utf-8' && isAscii(Buffer.from(texts.join('')));
  return isPlain ? '' : '\uFEFF';
}
