import type { EstimateColumns } from '../common/estimate.ts';
import { SpindleError, issueText } from '../common/errors.ts';
import { EstimateExport } from '../common/files/export/estimate-export.ts';
import { type ExportDialect, type ExportOptions, exportDialect } from '../common/files/export/export-dialect.ts';
import type { ImportOptions } from '../common/files/import/import-options.ts';
import type { ImportReport } from '../common/files/import/import-report.ts';
import { PartFile } from '../common/files/import/part-file.ts';
import type { AcceptedRows, RejectedRow } from '../common/files/import/planned-rows.ts';
import { type Vocabulary, knownVocabulary } from '../common/files/import/vocabulary.ts';
import type { SheetCell } from '../common/files/xlsx/sheet-xml.ts';
import { workbook } from '../common/files/xlsx/workbook-writer.ts';
import type { Estimator } from '../common/model/estimator.ts';
import type { UnknownPolicy } from '../common/part.ts';

/** Reasons kept for whoever asks afterwards. */
const keptReasons = 100;

/** Formats that estimates can be written in. */
export const estimateFormats = ['csv', 'json', 'jsonl', 'xlsx'] as const;
export type EstimateFormat = (typeof estimateFormats)[number];

/** How to read a file and what to do with it, where that is not left to its content. */
export interface FileEstimationOptions {
  unknown: UnknownPolicy;
  /** Given the header and how the file was understood so far, and then the refused rows of each piece that has some. */
  onRejected: (header: readonly string[], report: ImportReport, rows: RejectedRow[]) => Promise<void>;
  read?: ImportOptions;
  write?: ExportOptions;
  vocabulary?: Vocabulary;
  zone?: string;
}

/** One piece of the file, estimated, laid out as the file has been understood so far. */
interface EstimatedPiece {
  layout: EstimateExport;
  dialect: ExportDialect;
  cells: string[][];
  estimates: EstimateColumns;
}

/** Estimates the parts of a file piece by piece: memory does not grow with the file. */
export class FileEstimation {
  estimated = 0;
  rejected = 0;
  /** How the file was understood, once it has been read. */
  report: ImportReport | undefined;
  /** Why rows were refused, the first hundred. */
  readonly firstReasons: string[] = [];
  readonly #estimator: Estimator;
  readonly #options: FileEstimationOptions;

  constructor(estimator: Estimator, options: FileEstimationOptions) {
    this.#estimator = estimator;
    this.#options = options;
  }

  /** The estimated file in a format, in pieces. Throws what reading throws, and `empty_file`. */
  async *file(source: AsyncIterable<Uint8Array>, format: EstimateFormat): AsyncGenerator<string | Uint8Array, void, undefined> {
    if (format === 'xlsx') {
      yield* this.#workbook(source);
      return;
    }
    let isFirst = true;
    for await (const { layout, dialect, cells, estimates } of this.#pieces(source)) {
      if (format === 'csv') {
        if (isFirst) yield layout.head(dialect);
        yield layout.lines(cells, estimates, dialect);
      } else if (format === 'jsonl') yield layout.jsonLines(cells, estimates);
      else {
        if (isFirst) yield `{"model_version":${JSON.stringify(this.#estimator.version)},"parts":[`;
        const objects = layout.objects(cells, estimates).map((row) => JSON.stringify(row));
        if (objects.length > 0) yield `${this.estimated > objects.length ? ',' : ''}\n${objects.join(',\n')}`;
      }
      isFirst = false;
    }
    if (format === 'json') yield '\n]}\n';
  }

  async *#workbook(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
    const pieces = this.#pieces(source);
    // The header is known with the first piece, before anything of the workbook is written.
    const first = await pieces.next();
    if (first.done) return;
    const { columns } = first.value.layout;
    async function* rows(): AsyncGenerator<SheetCell[][]> {
      if (!first.done) yield first.value.layout.sheetRows(first.value.cells, first.value.estimates);
      for await (const { layout, cells, estimates } of pieces) yield layout.sheetRows(cells, estimates);
    }
    yield* workbook([{ name: 'Estimates', header: columns, rows }]);
  }

  /** The pieces of the file; the first comes whether or not it has accepted rows. */
  async *#pieces(source: AsyncIterable<Uint8Array>): AsyncGenerator<EstimatedPiece, void, undefined> {
    const { schema, version, reader } = this.#estimator;
    const { unknown, read = {}, write = {}, vocabulary = knownVocabulary, zone = 'UTC', onRejected } = this.#options;
    const file = await PartFile.open(source, { reader, vocabulary, options: read, zone, unknown });
    const layout = (): EstimateExport => new EstimateExport(file.header, file.report(), schema.target.name, version);
    const dialect = exportDialect(file.report(), write);
    await onRejected(file.header, file.report(), []);
    yield { layout: layout(), dialect, cells: [], estimates: noEstimates() };
    for await (const rows of file.rows()) {
      const { accepted, rejected } = this.#sorted(file, rows);
      if (rejected.length > 0) await this.#reject(file, rejected);
      if (accepted.cells.length > 0) yield { layout: layout(), dialect, cells: accepted.cells, estimates: this.#estimate(accepted) };
    }
    this.report = file.report();
  }

  #sorted(file: PartFile, rows: Parameters<PartFile['sort']>[0][]): { accepted: AcceptedRows; rejected: RejectedRow[] } {
    const sorted = file.none();
    for (const row of rows) file.sort(row, sorted);
    return sorted;
  }

  #estimate({ cells, values, unknown }: AcceptedRows): EstimateColumns {
    const estimates = noEstimates();
    this.#estimator.append({ rows: cells.length, columns: values.map((column) => Float64Array.from(column)), unknown }, 0, cells.length, estimates);
    this.estimated += cells.length;
    return estimates;
  }

  async #reject(file: PartFile, rows: RejectedRow[]): Promise<void> {
    this.rejected += rows.length;
    for (const { issues } of rows.slice(0, keptReasons - this.firstReasons.length)) this.firstReasons.push(issues.map(issueText).join('. '));
    await this.#options.onRejected(file.header, file.report(), rows);
  }
}

const noEstimates = (): EstimateColumns => ({ value: [], low: [], high: [], flags: {} });

/** The format that a file's name asks for. Throws `invalid_configuration` for a format that is none. */
export function formatOf(told: string | undefined, path: string | undefined): EstimateFormat {
  const wanted = told ?? /\.([a-z]+)$/i.exec(path ?? '')?.[1]?.toLowerCase();
  const format = estimateFormats.find((one) => one === wanted);
  if (told !== undefined && !format) throw new SpindleError('invalid_configuration', `--format: expected one of ${estimateFormats.join(', ')}, got "${told}"`);
  return format ?? 'csv';
}
