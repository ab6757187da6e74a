import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Request, type Response, Router } from 'express';
import { z } from 'zod';
import type { Batch, BatchStore } from '../../common/batch-store.ts';
import { EstimateRows } from '../../common/files/estimate-rows.ts';
import { RejectedRows } from '../../common/files/rejected-rows.ts';
import { onlyMethods } from '../problem.ts';
import { noOptions, readOptions, switchOption } from '../query-options.ts';
import type { BatchResults, ResultChunk } from '../batch-results.ts';
import { findBatch } from './batches.ts';

/** Query options of a batch's results. */
export const resultOptionsSchema = z.strictObject({
  wait: switchOption.optional().describe('true sends the rows of a running batch as they are done, and ends with the batch'),
});

/** `/v1/batches/{id}/estimates.csv`, `estimates.json` and `rejected.csv`, streamed. */
export function batchResultRoutes(batches: BatchStore, results: BatchResults): Router {
  const send = async (request: Request, response: Response, type: string, name: string, format: (rows: EstimateRows, chunks: AsyncIterable<ResultChunk>, batch: Batch) => AsyncIterable<string>) => {
    const batch = await findBatch(batches, String(request.params.id));
    const { wait } = readOptions(request.query, resultOptionsSchema);
    await whileReading(response, async (gone) => {
      const chunks = results.chunks(batch, wait ?? false, gone);
      // The first chunk settles whether there is an answer at all, before a status is sent.
      const first = await chunks.next();
      const rows = new EstimateRows(batch.columns, batch.schema.target.name, batch.model_version);
      await stream(response, type, name, format(rows, resume(first, chunks), batch));
    });
  };
  return Router()
    .get('/v1/batches/:id/estimates.csv', (request, response) => send(request, response, 'text/csv; charset=utf-8', 'estimates.csv', csv))
    .get('/v1/batches/:id/estimates.json', (request, response) => send(request, response, 'application/json', 'estimates.json', json))
    .get('/v1/batches/:id/rejected.csv', async (request, response) => {
      const batch = await findBatch(batches, request.params.id);
      readOptions(request.query, noOptions);
      await whileReading(response, () => stream(response, 'text/csv; charset=utf-8', 'rejected.csv', rejectedCsv(batch, results)));
    })
    .all(['/v1/batches/:id/estimates.csv', '/v1/batches/:id/estimates.json', '/v1/batches/:id/rejected.csv'], onlyMethods('GET'));
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

async function stream(response: Response, type: string, name: string, pieces: AsyncIterable<string>): Promise<void> {
  response.status(200).setHeader('content-type', type).setHeader('content-disposition', `attachment; filename="${name}"`);
  await pipeline(Readable.from(pieces), response);
}

async function* resume<T>(first: IteratorResult<T, void>, rest: AsyncGenerator<T, void, undefined>): AsyncGenerator<T> {
  if (first.done) return;
  yield first.value;
  yield* rest;
}

async function* csv(rows: EstimateRows, chunks: AsyncIterable<ResultChunk>): AsyncGenerator<string> {
  yield rows.head();
  for await (const { cells, estimates } of chunks) yield rows.lines(cells, estimates);
}

async function* json(rows: EstimateRows, chunks: AsyncIterable<ResultChunk>, batch: Batch): AsyncGenerator<string> {
  yield `{"batch":${JSON.stringify(batch.id)},"model_version":${JSON.stringify(batch.model_version)},"parts":[`;
  let separator = '\n';
  for await (const { cells, estimates } of chunks) {
    const objects = rows.objects(cells, estimates).map((row) => JSON.stringify(row));
    yield separator + objects.join(',\n');
    separator = ',\n';
  }
  yield '\n]}\n';
}

async function* rejectedCsv(batch: Batch, results: BatchResults): AsyncGenerator<string> {
  const rows = new RejectedRows(batch.columns);
  yield rows.head();
  for await (const rejected of results.rejected(batch)) yield rows.lines(rejected);
}
