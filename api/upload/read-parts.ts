import { type FieldIssue, SpindleError, issueText } from '../../common/errors.ts';
import { PartFile } from '../../common/files/import/part-file.ts';
import type { ImportReport } from '../../common/files/import/import-report.ts';
import type { SortedRows } from '../../common/files/import/planned-rows.ts';
import type { Vocabulary } from '../../common/files/import/vocabulary.ts';
import type { ServingModel } from '../models/serving-models.ts';
import type { IntakeOptions } from './intake-options.ts';
import type { Upload } from './upload.ts';

/** Issues reported in an answer; all of them are in rejected.csv. */
const reportedIssues = 100;
/** Rows that a dry run shows as they were understood. */
const shownRows = 10;

/** The shop's words and clock, and how many rows a file may have. */
export interface PartsContext {
  vocabulary: Vocabulary;
  zone: string;
  maxRows: number;
}

/** What an upload amounts to. */
export interface Intake {
  accepted: number;
  rejected: number;
  blank: number;
  /** Rows of totals below the parts. */
  totals: number;
  columns: readonly string[];
  import: ImportReport;
  /** The first parts as they were understood, by field. */
  first: Record<string, string | number | null>[];
  /** The first hundred things that are wrong with rows. */
  issues: FieldIssue[];
}

/** What a reader does with rows, at most `chunkRows` of a kind at a time. */
export interface PartsTaker {
  chunkRows: number;
  onAccepted: (rows: SortedRows['accepted']) => Promise<void>;
  onRejected: (rows: SortedRows['rejected']) => Promise<void>;
}

/**
 * Reads an upload to its end by a model's schema and hands its rows on; a dry run and a real one differ in nothing but what is done with them.
 * Throws what reading throws, `empty_file`, `too_many_rows`, and `rejected_rows` where all or nothing was wanted.
 */
export async function readParts(upload: Upload, model: ServingModel, options: IntakeOptions, { vocabulary, zone, maxRows }: PartsContext, taker: PartsTaker): Promise<Intake> {
  const { unknown = 'reject', all_or_nothing: allOrNothing, replaces: _replaces, ...importOptions } = options;
  const file = await PartFile.open(upload.pieces, { reader: model.reader, vocabulary, options: importOptions, zone, unknown });
  let sorted = file.none();
  const counts = { accepted: 0, rejected: 0 };
  const issues: FieldIssue[] = [];
  const first: Intake['first'] = [];
  const hand = async (atLeast: number): Promise<void> => {
    const { accepted, rejected } = sorted;
    if (accepted.cells.length >= atLeast) {
      if (first.length === 0) first.push(...understood(accepted, model));
      counts.accepted += accepted.cells.length;
      sorted = { ...sorted, accepted: file.none().accepted };
      await taker.onAccepted(accepted);
    }
    if (rejected.length >= atLeast) {
      counts.rejected += rejected.length;
      for (const row of rejected) if (issues.length < reportedIssues) issues.push(...row.issues.slice(0, reportedIssues - issues.length));
      sorted = { ...sorted, rejected: [] };
      await taker.onRejected(rejected);
    }
  };
  for await (const rows of file.rows()) {
    for (const row of rows) {
      file.sort(row, sorted);
      if (sorted.accepted.cells.length >= taker.chunkRows || sorted.rejected.length >= taker.chunkRows) await hand(taker.chunkRows);
    }
    const total = counts.accepted + counts.rejected + sorted.accepted.cells.length + sorted.rejected.length;
    if (total > maxRows) throw new SpindleError('too_many_rows', `the file has more than ${maxRows} rows; split it, or ask the operator to raise BATCH_MAX_ROWS`);
  }
  await hand(1);
  if (counts.accepted + counts.rejected === 0) throw new SpindleError('empty_file', 'the file has a header but no parts below it');
  if (allOrNothing && counts.rejected > 0) {
    throw new SpindleError('rejected_rows', `${counts.rejected} of ${counts.accepted + counts.rejected} rows are refused and all or nothing was wanted; first: ${issues[0] ? issueText(issues[0]) : ''}`, { issues });
  }
  return { ...counts, blank: file.blank, totals: file.totals, columns: file.header, import: file.report(), first, issues };
}

function understood({ values, planning, cells, unknown }: SortedRows['accepted'], model: ServingModel): Intake['first'] {
  return cells.slice(0, shownRows).map((_, row) => {
    const features = model.schema.features.map(({ name, levels }, f): [string, string | number | null] => {
      const value = values[f]?.[row] ?? NaN;
      if (Number.isNaN(value)) return [name, null];
      return [name, levels ? (levels[value] ?? unknown?.[f]?.[row] ?? null) : value];
    });
    return Object.fromEntries([...features, ...Object.entries(planning).map(([name, column]): [string, string | number | null] => [name, column[row] ?? null])]);
  });
}
