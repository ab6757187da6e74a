import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Request, type Response, Router } from 'express';
import { z } from 'zod';
import type { Batch, BatchStore } from '../../common/batch-store.ts';
import { type ExportOptions, exportOptionsSchema } from '../../common/files/export/export-dialect.ts';
import { onlyMethods } from '../problem.ts';
import { noOptions, readOptions, switchOption } from '../query-options.ts';
import type { BatchResults } from '../batch-results.ts';
import { type EstimateFile, checkSheet, estimatesCsv, estimatesJson, estimatesJsonLines, estimatesWorkbook, rejectedCsv } from '../estimate-files.ts';
import { findBatch } from './batches.ts';

/** Query options of a batch's results. */
export const resultOptionsSchema = z.strictObject({
  wait: switchOption.optional().describe('true sends the rows of a running batch as they are done, and ends with the batch'),
});

/** The same of the CSV, which has a dialect. */
export const csvOptionsSchema = z.strictObject({ ...resultOptionsSchema.shape, ...exportOptionsSchema.shape });

const workbookType = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

/** `/v1/batches/{id}/estimates.csv`, `.json`, `.jsonl`, `.xlsx` and `rejected.csv`, streamed. */
export function batchResultRoutes(batches: BatchStore, results: BatchResults): Router {
  const send = async (request: Request, response: Response, type: string, name: string, options: ExportOptions & { wait?: boolean | undefined }, file: EstimateFile, check?: (batch: Batch) => void) => {
    const batch = await findBatch(batches, String(request.params.id));
    check?.(batch);
    await whileReading(response, async (gone) => {
      const chunks = results.chunks(batch, options.wait ?? false, gone);
      // The first chunk settles whether there is an answer at all, before a status is sent.
      const first = await chunks.next();
      await stream(response, type, name, file(batch, resume(first, chunks), options));
    });
  };
  const plain = (request: Request) => readOptions(request.query, resultOptionsSchema);
  return Router()
    .get('/v1/batches/:id/estimates.csv', (request, response) => send(request, response, 'text/csv; charset=utf-8', 'estimates.csv', readOptions(request.query, csvOptionsSchema), estimatesCsv))
    .get('/v1/batches/:id/estimates.json', (request, response) => send(request, response, 'application/json', 'estimates.json', plain(request), estimatesJson))
    .get('/v1/batches/:id/estimates.jsonl', (request, response) => send(request, response, 'application/x-ndjson', 'estimates.jsonl', plain(request), estimatesJsonLines))
    .get('/v1/batches/:id/estimates.xlsx', (request, response) => send(request, response, workbookType, 'estimates.xlsx', plain(request), estimatesWorkbook(batches), checkSheet))
    .get('/v1/batches/:id/rejected.csv', async (request, response) => {
      const batch = await findBatch(batches, request.params.id);
      readOptions(request.query, noOptions);
      await whileReading(response, () => stream(response, 'text/csv; charset=utf-8', 'rejected.csv', rejectedCsv(batch, results)));
    })
    .all(['csv', 'json', 'jsonl', 'xlsx'].map((kind) => `/v1/batches/:id/estimates.${kind}`), onlyMethods('GET'))
    .all('/v1/batches/:id/rejected.csv', onlyMethods('GET'));
}

/** Answers until the reader hangs up: what fails after that concerns nobody. */
async function whileReading(response: Response, answer: (gone: AbortSignal) => Promise<void>): Promise<void> {
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  try {
    await answer(gone.signal);
  } catch (error) {
    if (!gone.signal.aborted) throw error;
  }
}

async function stream(response: Response, type: string, name: string, pieces: AsyncIterable<string | Uint8Array>): Promise<void> {
  response.status(200).setHeader('content-type', type).setHeader('content-disposition', `attachment; filename="${name}"`);
  await pipeline(Readable.from(pieces), response);
}

async function* resume<T>(first: IteratorResult<T, void>, rest: AsyncGenerator<T, void, undefined>): AsyncGenerator<T> {
  if (first.done) return;
  yield first.value;
  yield* rest;
}
