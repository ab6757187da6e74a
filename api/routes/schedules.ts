import { Router } from 'express';
import type { BatchStore } from '../../common/batch-store.ts';
import { SpindleError, messageOf } from '../../common/errors.ts';
import type { Log } from '../../common/log.ts';
import type { ScheduleStore } from '../../common/schedule-store.ts';
import type { JobQueues } from '../job-queues.ts';
import { optionalJsonBody } from '../json-body.ts';
import { onlyMethods } from '../problem.ts';
import { noOptions, readOptions } from '../query-options.ts';
import { requestIdOf } from '../request-id.ts';
import type { KeptSchedules } from '../kept-schedules.ts';
import type { ScheduleIntake } from '../schedule-intake.ts';
import { scheduleJson, scheduleSummaryView } from '../schedule-view.ts';
import { findBatch } from './batches.ts';

/** What a cancel waits for the queue at most, in milliseconds. */
const queuePatience = 1_000;
/** Schedules in a list. */
const listed = 100;

/** What the routes of schedules need. */
export interface ScheduleRouteParts {
  schedules: ScheduleStore;
  batches: BatchStore;
  intake: ScheduleIntake;
  kept: KeptSchedules;
  queues: JobQueues;
  log: Log;
}

/** `/v1/schedules`, and `POST /v1/batches/{id}/schedules`: plan batches, follow what becomes of it, cancel. */
export function scheduleRoutes({ schedules, batches, intake, kept, queues, log }: ScheduleRouteParts): Router {
  return Router()
    .post('/v1/batches/:id/schedules', optionalJsonBody('10mb'), async (request, response) => {
      readOptions(request.query, noOptions);
      const requestId = requestIdOf(response);
      const record = await intake.take(await findBatch(batches, String(request.params['id'])), request.body, requestId);
      log.info({ request: requestId, schedule: record.id, batches: record.batches }, 'schedule taken in');
      response.status(202).location(`/v1/schedules/${record.id}`).type('json').send(scheduleJson(record, undefined));
    })
    .all('/v1/batches/:id/schedules', onlyMethods('POST'))
    .get('/v1/schedules', async (request, response) => {
      readOptions(request.query, noOptions);
      response.json({ schedules: (await schedules.list(listed)).map(scheduleSummaryView) });
    })
    .all('/v1/schedules', onlyMethods('GET'))
    .get('/v1/schedules/:id', async (request, response) => {
      readOptions(request.query, noOptions);
      const record = await kept.record(request.params.id);
      response.type('json').send(scheduleJson(record, record.state === 'succeeded' ? await kept.json(record) : undefined));
    })
    .delete('/v1/schedules/:id', async (request, response) => {
      readOptions(request.query, noOptions);
      const { id } = await kept.record(request.params.id);
      const cancelled = await schedules.cancel(id);
      const record = await kept.record(id);
      if (record.state !== 'cancelled') throw new SpindleError('already_finished', `the schedule has ${record.state} and can no longer be cancelled; it is kept until it expires`);
      if (cancelled) {
        log.info({ request: requestIdOf(response), schedule: id }, 'schedule cancelled');
        const stays = (error: unknown): void => log.warn({ schedule: id, reason: messageOf(error) }, 'cannot take the job of a cancelled schedule off the queue: the worker passes over it');
        await queues.remove('plan-schedule', id, queuePatience).catch(stays);
      }
      response.status(202).json(scheduleSummaryView(record));
    })
    .all('/v1/schedules/:id', onlyMethods('GET', 'DELETE'));
}
