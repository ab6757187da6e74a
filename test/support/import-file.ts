import { type ImportOptions } from '../../common/files/import/import-options.ts';
import type { ImportReport } from '../../common/files/import/import-report.ts';
import { PartFile } from '../../common/files/import/part-file.ts';
import type { AcceptedRows, RejectedRow } from '../../common/files/import/planned-rows.ts';
import { type Vocabulary, knownVocabulary } from '../../common/files/import/vocabulary.ts';
import { PartReader, type UnknownPolicy } from '../../common/part.ts';
import type { PartSchema } from '../../common/part-schema.ts';
import { partSchema } from './model-versions.ts';

/** Everything that a file came to. */
export interface Imported {
  header: readonly string[];
  accepted: AcceptedRows;
  rejected: RejectedRow[];
  blank: number;
  totals: number;
  report: ImportReport;
  /** Features and planning values of each part by name: what a file means, whatever it looks like. */
  parts: Record<string, unknown>[];
}

/** How a test reads a file. */
export interface ImportSettings {
  options?: ImportOptions;
  schema?: PartSchema;
  vocabulary?: Vocabulary;
  zone?: string;
  unknown?: UnknownPolicy;
  pieceBytes?: number;
}

/** Bytes in pieces, as an upload brings them. */
export async function* piecesOf(bytes: Uint8Array, pieceBytes = 16_384): AsyncGenerator<Uint8Array, void, undefined> {
  for (let from = 0; from < bytes.length; from += pieceBytes) yield await Promise.resolve(bytes.subarray(from, from + pieceBytes));
}

/** Reads a whole file. */
export async function importFile(bytes: Uint8Array | string, { options = {}, schema = partSchema, vocabulary = knownVocabulary, zone = 'Europe/Berlin', unknown = 'reject', pieceBytes }: ImportSettings = {}): Promise<Imported> {
  const reader = new PartReader(schema);
  const file = await PartFile.open(piecesOf(typeof bytes === 'string' ? Buffer.from(bytes) : bytes, pieceBytes), { reader, vocabulary, options, zone, unknown });
  const sorted = file.none();
  for await (const rows of file.rows()) for (const row of rows) file.sort(row, sorted);
  const { accepted, rejected } = sorted;
  const parts = accepted.cells.map((_, row) => {
    const features = schema.features.map(({ name, levels }, f): [string, unknown] => {
      const value = accepted.values[f]?.[row] ?? NaN;
      return [name, levels ? (levels[value] ?? (Number.isNaN(value) ? null : 'unknown')) : value];
    });
    return Object.fromEntries([...features, ...Object.entries(accepted.planning).map(([name, values]): [string, unknown] => [name, values[row]])]);
  });
  return { header: file.header, accepted, rejected, blank: file.blank, totals: file.totals, report: file.report(), parts };
}
