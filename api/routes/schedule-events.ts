import { Router } from 'express';
import { hasEnded } from '../../common/work-records.ts';
import { eventStream } from '../event-stream.ts';
import { onlyMethods } from '../problem.ts';
import type { KeptSchedules } from '../kept-schedules.ts';

/** `GET /v1/schedules/{id}/events`: server-sent `progress` events while a schedule waits and is searched, then one `end` with what it amounts to. */
export function scheduleEventRoutes(kept: KeptSchedules, stopping: AbortSignal): Router {
  const follow = eventStream(async (id) => {
    const record = await kept.record(id);
    const { state, progress, summary, reason, code } = record;
    const ended = hasEnded(record);
    return { data: ended ? { state, summary, reason, code } : { state, progress }, ended };
  }, stopping);
  return Router().get('/v1/schedules/:id/events', follow).all('/v1/schedules/:id/events', onlyMethods('GET'));
}
