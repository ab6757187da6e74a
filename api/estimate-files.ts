import type { Batch, BatchStore } from '../common/batch-store.ts';
import { type PartSums, sumInterval } from '../common/batch-totals.ts';
import { SpindleError } from '../common/errors.ts';
import { EstimateExport } from '../common/files/export/estimate-export.ts';
import { type ExportOptions, exportDialect } from '../common/files/export/export-dialect.ts';
import { RejectedExport } from '../common/files/export/rejected-export.ts';
import { plainReport } from '../common/files/import/import-report.ts';
import { type SheetCell, maxSheetRows } from '../common/files/xlsx/sheet-xml.ts';
import { workbook } from '../common/files/xlsx/workbook-writer.ts';
import type { BatchResults, ResultChunk } from './batch-results.ts';

type Chunks = AsyncIterable<ResultChunk>;

/** A batch's estimates as a file, in pieces: memory does not grow with the batch. */
export type EstimateFile = (batch: Batch, chunks: Chunks, options: ExportOptions) => AsyncIterable<string | Uint8Array>;

const layout = ({ columns, import: report, schema, model_version: version }: Batch): EstimateExport => new EstimateExport(columns, report ?? plainReport(), schema.target.name, version);

/** CSV in the dialect of the upload, or the one told. */
export async function* estimatesCsv(batch: Batch, chunks: Chunks, options: ExportOptions): AsyncGenerator<string> {
  const rows = layout(batch);
  const dialect = exportDialect(batch.import ?? plainReport(), options);
  yield rows.head(dialect);
  for await (const { cells, estimates } of chunks) yield rows.lines(cells, estimates, dialect);
}

/** One JSON object with all parts. */
export async function* estimatesJson(batch: Batch, chunks: Chunks): AsyncGenerator<string> {
  const rows = layout(batch);
  yield `{"batch":${JSON.stringify(batch.id)},"model_version":${JSON.stringify(batch.model_version)},"parts":[`;
  let separator = '\n';
  for await (const { cells, estimates } of chunks) {
    yield separator + rows.objects(cells, estimates).map((row) => JSON.stringify(row)).join(',\n');
    separator = ',\n';
  }
  yield '\n]}\n';
}

/** JSON Lines: one object a part. */
export async function* estimatesJsonLines(batch: Batch, chunks: Chunks): AsyncGenerator<string> {
  const rows = layout(batch);
  for await (const { cells, estimates } of chunks) yield rows.jsonLines(cells, estimates);
}

/** A workbook: the parts on one sheet, totals on another. The reader has looked whether a sheet can hold them, by `checkSheet`. */
export function estimatesWorkbook(batches: BatchStore): EstimateFile {
  return (batch, chunks) => {
    const rows = layout(batch);
    const target = batch.schema.target.name;
    async function* parts(): AsyncGenerator<SheetCell[][]> {
      for await (const { cells, estimates } of chunks) yield rows.sheetRows(cells, estimates);
    }
    async function* totals(): AsyncGenerator<SheetCell[][]> {
      // Asked for only now: a batch that was still running when its parts were sent has ended since.
      const ended = (await batches.find(batch.id)) ?? batch;
      if (ended.sums) yield [totalRow('all parts', ended.sums)];
      for (const [feature, levels] of Object.entries(ended.notable?.by ?? {})) yield Object.entries(levels).map(([level, sums]) => totalRow(`${feature}: ${level}`, sums));
    }
    return workbook([
      { name: 'Estimates', header: rows.columns, rows: parts },
      { name: 'Totals', header: ['', 'parts', 'pieces', target, `${target}_low`, `${target}_high`, 'setup_min'], rows: totals },
    ]);
  };
}

/** Throws `too_many_rows` for a batch that a sheet cannot hold. */
export function checkSheet({ accepted }: Batch): void {
  if (accepted >= maxSheetRows) throw new SpindleError('too_many_rows', `a sheet holds ${maxSheetRows - 1} parts and the batch has ${accepted}: take estimates.csv`);
}

function totalRow(name: string, sums: PartSums): SheetCell[] {
  const { low, high } = sumInterval(sums);
  const rounded = (value: number): SheetCell => ({ value, style: 'rounded' });
  return [name, sums.parts, sums.pieces, rounded(sums.total), rounded(low), rounded(high), rounded(sums.setup_min)];
}

/** The refused rows as CSV in the dialect of the upload. */
export async function* rejectedCsv(batch: Batch, results: BatchResults): AsyncGenerator<string> {
  const rows = new RejectedExport(batch.columns, batch.import ?? plainReport());
  yield rows.head();
  for await (const rejected of results.rejected(batch)) yield rows.lines(rejected);
}
