import { type Request, Router } from 'express';
import { z } from 'zod';
import { type Batch, type BatchStore } from '../../common/batch-store.ts';
import { type ChunkStore, rejectedChunkSchema } from '../../common/chunk-store.ts';
import { SpindleError } from '../../common/errors.ts';
import type { Log } from '../../common/log.ts';
import type { RedisKeys } from '../../common/redis-keys.ts';
import type { ShopStore } from '../../common/shop-store.ts';
import { batchView, dryRunView, withErrors } from '../batch-view.ts';
import type { JobQueues } from '../job-queues.ts';
import type { ServingModels } from '../models/serving-models.ts';
import { onlyMethods } from '../problem.ts';
import { noOptions, readOptions, switchOption } from '../query-options.ts';
import { requestIdOf } from '../request-id.ts';
import type { BatchIntake } from '../upload/batch-intake.ts';
import type { Idempotency } from '../upload/idempotency.ts';
import { type IntakeOptions, contentOf, intakeOptionsSchema } from '../upload/intake-options.ts';
import { type Upload, openUpload } from '../upload/upload.ts';
import type { UploadsUnderWay } from '../upload/uploads-under-way.ts';

/** Query options of `POST /v1/batches`. */
export const batchOptionsSchema = z.strictObject({
  dry_run: switchOption.optional().describe('true only reports what would be accepted'),
  ...intakeOptionsSchema.shape,
});
/** Query options of `GET /v1/batches`. */
export const batchListOptionsSchema = z.strictObject({
  limit: z.string().regex(/^(?:[1-9]\d{0,2}|1000)$/, 'expected a whole number from 1 to 1000').transform(Number).optional().describe('Batches to list, newest first; 100 unless told'),
});

/** What the routes of batches need. */
export interface BatchRouteParts {
  batches: BatchStore;
  chunks: ChunkStore;
  intake: BatchIntake;
  uploads: UploadsUnderWay;
  idempotency: Idempotency;
  queues: JobQueues;
  models: ServingModels;
  shops: ShopStore;
  keys: RedisKeys;
  maxBytes: number;
  log: Log;
}

/** `/v1/batches`: upload, list, look at and cancel batches. */
export function batchRoutes(parts: BatchRouteParts): Router {
  const { batches, models, log } = parts;
  return Router()
    .post('/v1/batches', async (request, response) => {
      const { dry_run: dryRun, ...told } = readOptions(request.query, batchOptionsSchema);
      // A queue that is away is said at once, not after megabytes.
      const zone = await parts.shops.zone();
      const options = { ...told, zone: told.zone ?? zone };
      if (dryRun) {
        const file = await openUpload(request, parts.maxBytes);
        const model = models.serving;
        response.json(dryRunView(await parts.intake.dryRun(file, model, options), model.version));
        return;
      }
      const requestId = requestIdOf(response);
      const { status, view } = await parts.uploads.run(() => upload(request, requestId, options, parts));
      log.info({ request: requestId, batch: view.id, rows: view.counts.rows, rejected: view.counts.rejected, reused: view.reused }, 'batch taken in');
      response.status(status).location(`/v1/batches/${view.id}`).json(view);
    })
    .get('/v1/batches', async (request, response) => {
      const { limit } = readOptions(request.query, batchListOptionsSchema);
      const listed = await batches.list(limit ?? 100);
      response.json({ batches: listed.map((batch) => batchView(batch)) });
    })
    .all('/v1/batches', onlyMethods('GET', 'POST'))
    .get('/v1/batches/:id', async (request, response) => {
      readOptions(request.query, noOptions);
      const batch = await findBatch(batches, request.params.id);
      const rejected = batch.rejected > 0 ? await parts.chunks.find(parts.keys.batchRejected(batch.id, 0), rejectedChunkSchema) : [];
      response.json(withErrors(batchView(batch, true), (rejected ?? []).flatMap((row) => row.issues)));
    })
    .delete('/v1/batches/:id', async (request, response) => {
      readOptions(request.query, noOptions);
      const batch = await findBatch(batches, request.params.id);
      if (batch.state === 'complete' || batch.state === 'partial') {
        throw new SpindleError('already_finished', `the batch is ${batch.state} and can no longer be cancelled; its results are kept until they expire`);
      }
      await batches.requestCancel(batch.id);
      await parts.queues.removeWaitingChunks(batch.id);
      response.status(202).json(batchView(await findBatch(batches, batch.id)));
    })
    .all('/v1/batches/:id', onlyMethods('GET', 'DELETE'));
}

/** The batch with this id. Throws `not_found`. */
export async function findBatch(batches: BatchStore, id: string): Promise<Batch> {
  const batch = z.uuid().safeParse(id).success ? await batches.find(id) : undefined;
  if (!batch) throw new SpindleError('not_found', `there is no batch ${id.slice(0, 80)}: it never was, or its results have expired`);
  return batch;
}

async function upload(request: Request, requestId: string, options: IntakeOptions, { intake, idempotency, batches, models, maxBytes }: BatchRouteParts) {
  const idempotencyKey = request.get('idempotency-key');
  const claim = idempotencyKey === undefined ? undefined : await idempotency.claim(idempotencyKey, requestId);
  try {
    const file = await openUpload(request, maxBytes);
    if (claim?.earlier) return { status: 202, view: await repeated(file, options, claim.earlier, batches) };
    const { batch, reused, issues } = await intake.take(file, models.serving, requestId, options);
    await claim?.complete(contentOf(file, options), batch.id);
    const view = withErrors(batchView(batch, true), issues);
    return reused ? { status: 200, view: { ...view, reused } } : { status: 202, view };
  } finally {
    await claim?.release().catch(() => {}); // without Redis the claim expires by itself
  }
}

/** Reads a repeated upload to its end and, the bytes being the same, answers with the batch that the first one became. */
async function repeated(file: Upload, options: IntakeOptions, earlier: { content: string; batchId: string }, batches: BatchStore) {
  for await (const piece of file.pieces) void piece;
  if (contentOf(file, options) !== earlier.content) {
    throw new SpindleError('idempotency_key_reused', 'this Idempotency-Key was used for a file with other content or options: use a new key for a new file');
  }
  return batchView(await findBatch(batches, earlier.batchId));
}
