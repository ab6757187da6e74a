import { z } from 'zod';
import { type Batch, type BatchRecord, batchStates } from '../common/batch-store.ts';
import { type FieldIssue, fieldIssueSchema } from '../common/errors.ts';
import { problemSchema } from './problem.ts';

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
    totals: z.record(z.string(), z.number()).describe('Sum of the estimates so far, under the target\'s name'),
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
    errors: z.array(fieldIssueSchema).describe('The first hundred things that are wrong with refused rows'),
  })
  .meta({ id: 'DryRun' });

export type BatchView = z.infer<typeof batchViewSchema>;

/** The public shape of a batch; a record that was just written stands for a batch of which nothing is done. */
export function batchView(batch: Batch | BatchRecord): BatchView {
  const live = 'state' in batch ? batch : { ...batch, state: 'queued' as const, finished_at: null, estimated: 0, flagged: 0, total: 0 };
  const { id, accepted, rejected, blank } = batch;
  const path = `/v1/batches/${id}`;
  return {
    id,
    state: live.state,
    created_at: batch.created_at,
    finished_at: live.finished_at,
    file_name: batch.file_name,
    model_version: batch.model_version,
    counts: { rows: accepted + rejected, accepted, rejected, blank, estimated: live.estimated, flagged: live.flagged },
    progress: Math.round((live.estimated / Math.max(1, accepted)) * 1e4) / 1e4,
    totals: { [batch.schema.target.name]: Math.round(live.total * 100) / 100 },
    links: { self: path, events: `${path}/events`, estimates_csv: `${path}/estimates.csv`, estimates_json: `${path}/estimates.json`, rejected_csv: `${path}/rejected.csv` },
  };
}

/** The batch with what is wrong with its rows, where something is. */
export function withErrors(view: BatchView, issues: readonly FieldIssue[]): BatchView {
  return issues.length > 0 ? { ...view, errors: issues.slice(0, 100) } : view;
}
