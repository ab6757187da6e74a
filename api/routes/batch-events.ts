import { setTimeout as pause } from 'node:timers/promises';
import { type RequestHandler, type Response, Router } from 'express';
import type { BatchStore } from '../../common/batch-store.ts';
import { batchView } from '../batch-view.ts';
import { onlyMethods } from '../problem.ts';
import { noOptions, readOptions } from '../query-options.ts';
import { findBatch } from './batches.ts';

/** How often to look for progress, and how often to show a sign of life, in milliseconds. */
const lookMs = 250;
const signOfLifeMs = 15_000;

/**
 * `GET /v1/batches/{id}/events`: server-sent `progress` events while a batch runs, then one `end`.
 * Where the API stops first, the stream just closes, and an EventSource asks the next one.
 */
export function batchEventRoutes(batches: BatchStore, stopping: AbortSignal): Router {
  const follow: RequestHandler<{ id: string }> = async (request, response) => {
    readOptions(request.query, noOptions);
    const { id } = request.params;
    let batch = await findBatch(batches, id);
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache', 'x-accel-buffering': 'no' });
    let shown = '';
    let quietSince = Date.now();
    while (!response.destroyed && !stopping.aborted) {
      const view = batchView(batch);
      const data = JSON.stringify({ state: view.state, progress: view.progress, counts: view.counts });
      if (view.finished_at !== null) {
        send(response, 'end', data);
        break;
      }
      if (data !== shown) {
        send(response, 'progress', data);
        shown = data;
        quietSince = Date.now();
      } else if (Date.now() - quietSince > signOfLifeMs) {
        response.write(': waiting\n\n');
        quietSince = Date.now();
      }
      await pause(lookMs);
      batch = await findBatch(batches, id);
    }
    response.end();
  };
  return Router().get('/v1/batches/:id/events', follow).all('/v1/batches/:id/events', onlyMethods('GET'));
}

function send(response: Response, event: string, data: string): void {
  response.write(`event: ${event}\ndata: ${data}\n\n`);
}
