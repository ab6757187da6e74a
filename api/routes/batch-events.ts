import { Router } from 'express';
import type { BatchStore } from '../../common/batch-store.ts';
import { batchView } from '../batch-view.ts';
import { eventStream } from '../event-stream.ts';
import { onlyMethods } from '../problem.ts';
import { findBatch } from './batches.ts';

/** `GET /v1/batches/{id}/events`: server-sent `progress` events while a batch runs, then one `end`. */
export function batchEventRoutes(batches: BatchStore, stopping: AbortSignal): Router {
  const follow = eventStream(async (id) => {
    const { state, progress, counts, finished_at } = batchView(await findBatch(batches, id));
    return { data: { state, progress, counts }, ended: finished_at !== null };
  }, stopping);
  return Router().get('/v1/batches/:id/events', follow).all('/v1/batches/:id/events', onlyMethods('GET'));
}
