import { z } from 'zod';
import { type Batch, type BatchChanges, type BatchRecord, batchChangesSchema, batchStates } from '../common/batch-store.ts';
import { type NotablePart, type PartSums, noSums, sumInterval } from '../common/batch-totals.ts';
import { type FieldIssue, fieldIssueSchema } from '../common/errors.ts';
import { importReportSchema } from '../common/files/import/import-report.ts';
import { problemSchema } from './problem.ts';
import type { Intake } from './upload/read-parts.ts';

/** A part that stands out: line, part_id, flags, and the estimate under the target's name with the ends of its interval. */
const notableViewSchema = z.looseObject({ line: z.int(), part_id: z.string().nullable(), flags: z.array(z.string()) });

/** A batch as HTTP shows it. */
export const batchViewSchema = z
  .strictObject({
    id: z.uuid(),
    state: z.enum(batchStates).describe('queued, running, then complete, partial (some rows could not be estimated) or cancelled'),
    created_at: z.iso.datetime(),
    finished_at: z.iso.datetime().nullable(),
    file_name: z.string().nullable(),
    model_version: z.string().describe('The version that estimates every row of this batch'),
    counts: z.strictObject({
      rows: z.int().describe('Rows below the header that are not blank'),
      accepted: z.int(),
      rejected: z.int(),
      blank: z.int(),
      estimated: z.int(),
      flagged: z.int().describe('Estimated rows with at least one flag'),
    }),
    progress: z.number().min(0).max(1),
    totals: z
      .record(z.string(), z.number())
      .describe('So far: parts, pieces, and the sum of quantity × estimate under the target\'s name, with the ends of its interval; setup_min where parts have some'),
    by: z.record(z.string(), z.record(z.string(), z.record(z.string(), z.number()))).optional().describe('The same by the levels of each category, once the batch has ended'),
    flagged: z.array(notableViewSchema).optional().describe('The first hundred parts with a flag, once the batch has ended'),
    slowest: z.array(notableViewSchema).optional().describe('The ten parts that take longest'),
    least_certain: z.array(notableViewSchema).optional().describe('The ten parts with the widest intervals'),
    import: importReportSchema.optional().describe('How the file was understood: dialect, columns, units, mapped values'),
    changes: batchChangesSchema.optional().describe('Against the batch that this one replaces'),
    replaced_by: z.uuid().optional().describe('The newest batch that was uploaded to replace this one'),
    reused: z.boolean().optional().describe('True where an upload was answered with an earlier batch of the same bytes'),
    links: z.record(z.string(), z.string()),
    errors: problemSchema.shape.errors.describe('The first hundred things that are wrong with refused rows; all are in rejected.csv'),
  })
  .meta({ id: 'Batch' });

/** The answer to an upload with `dry_run=true`. */
export const dryRunViewSchema = z
  .strictObject({
    dry_run: z.literal(true),
    model_version: z.string().describe('The version whose schema the file was read by'),
    columns: z.array(z.string()).describe('Header of the file'),
    counts: batchViewSchema.shape.counts.pick({ rows: true, accepted: true, rejected: true, blank: true }),
    import: importReportSchema.describe('How the file was understood: dialect, columns, units, mapped values'),
    first: z.array(z.record(z.string(), z.union([z.string(), z.number(), z.null()]))).describe('The first ten parts as they were understood, by field'),
    changes: batchChangesSchema.optional().describe('Against the batch that it would replace'),
    errors: z.array(fieldIssueSchema).describe('The first hundred things that are wrong with refused rows'),
  })
  .meta({ id: 'DryRun' });

export type BatchView = z.infer<typeof batchViewSchema>;

/** The public shape of a batch; a record that was just written stands for a batch of which nothing is done. `whole` adds what lists leave out. */
export function batchView(batch: Batch | BatchRecord, whole = false): BatchView {
  const live = 'state' in batch ? batch : { ...batch, state: 'queued' as const, finished_at: null, estimated: 0, flagged: 0, total: 0, sums: noSums(), notable: undefined, replaced_by: undefined };
  const { id, accepted, rejected, blank } = batch;
  const path = `/v1/batches/${id}`;
  const target = batch.schema.target.name;
  const notable = whole ? live.notable : undefined;
  const part = ({ line, part_id, flags, estimate, low, high }: NotablePart) => ({ line, part_id, ...interval(target, estimate, low, high), flags });
  return {
    id,
    state: live.state,
    created_at: batch.created_at,
    finished_at: live.finished_at,
    file_name: batch.file_name,
    model_version: batch.model_version,
    counts: { rows: accepted + rejected, accepted, rejected, blank, estimated: live.estimated, flagged: live.flagged },
    progress: Math.round((live.estimated / Math.max(1, accepted)) * 1e4) / 1e4,
    totals: live.sums ? sumsView(live.sums, target) : { [target]: rounded(live.total) },
    ...(notable
      ? {
          by: Object.fromEntries(Object.entries(notable.by).map(([feature, levels]) => [feature, Object.fromEntries(Object.entries(levels).map(([level, sums]) => [level, sumsView(sums, target)]))])),
          flagged: notable.flagged.map(part),
          slowest: notable.slowest.map(part),
          least_certain: notable.least_certain.map(part),
        }
      : {}),
    ...(whole && batch.import ? { import: batch.import } : {}),
    ...(batch.changes ? { changes: whole ? batch.changes : { ...batch.changes, first: [] } } : {}),
    ...(live.replaced_by === undefined ? {} : { replaced_by: live.replaced_by }),
    links: {
      self: path,
      events: `${path}/events`,
      estimates_csv: `${path}/estimates.csv`,
      estimates_json: `${path}/estimates.json`,
      estimates_jsonl: `${path}/estimates.jsonl`,
      estimates_xlsx: `${path}/estimates.xlsx`,
      rejected_csv: `${path}/rejected.csv`,
    },
  };
}

/** The public shape of a dry run. */
export function dryRunView({ accepted, rejected, blank, columns, first, changes, issues, import: report }: Intake & { changes: BatchChanges | undefined }, version: string): z.infer<typeof dryRunViewSchema> {
  return {
    dry_run: true,
    model_version: version,
    columns: [...columns],
    counts: { rows: accepted + rejected, accepted, rejected, blank },
    import: report,
    first,
    ...(changes ? { changes } : {}),
    errors: issues,
  };
}

function sumsView(sums: PartSums, target: string): Record<string, number> {
  const { low, high } = sumInterval(sums);
  return { parts: sums.parts, pieces: sums.pieces, ...interval(target, sums.total, low, high), ...(sums.setup_min > 0 ? { setup_min: rounded(sums.setup_min) } : {}) };
}

const interval = (target: string, value: number, low: number, high: number): Record<string, number> => ({ [target]: rounded(value), [`${target}_low`]: rounded(low), [`${target}_high`]: rounded(high) });
const rounded = (value: number): number => Math.round(value * 100) / 100;

/** The batch with what is wrong with its rows, where something is. */
export function withErrors(view: BatchView, issues: readonly FieldIssue[]): BatchView {
  return issues.length > 0 ? { ...view, errors: issues.slice(0, 100) } : view;
}
