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
