import { Router } from 'express';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import { SpindleError, messageOf } from '../../common/errors.ts';
import { importOptionsSchema } from '../../common/files/import/import-options.ts';
import type { Log } from '../../common/log.ts';
import { type Training, type TrainingStore, trainingSchema } from '../../common/training-store.ts';
import type { JobQueues } from '../job-queues.ts';
import { onlyMethods } from '../problem.ts';
import { noOptions, readOptions, switchOption } from '../query-options.ts';
import { requestIdOf } from '../request-id.ts';
import type { TrainingIntake } from '../upload/training-intake.ts';
import { openUpload } from '../upload/upload.ts';
import type { UploadsUnderWay } from '../upload/uploads-under-way.ts';

/** Query options of `POST /v1/trainings`. */
export const trainingOptionsSchema = z.strictObject({
  target: z.string().min(1, 'expected a column name').max(100).optional().describe('Column to predict; the current model\'s target unless told'),
  promote: switchOption.optional().describe('true makes the version current whatever the gate says; the report tells both'),
  ...importOptionsSchema.pick({ delimiter: true, decimal: true, encoding: true, sheet: true }).shape,
});

/** A training as HTTP shows it. */
export const trainingViewSchema = trainingSchema.omit({ chunks: true, request_id: true }).meta({ id: 'Training' });

/** What a cancel waits for the queue at most, in milliseconds. */
const queuePatience = 1_000;

/** `/v1/trainings`: upload finished parts, follow what becomes of them, cancel. */
export function trainingRoutes(parts: { redis: Redis; trainings: TrainingStore; intake: TrainingIntake; uploads: UploadsUnderWay; queues: JobQueues; maxBytes: number; log: Log }): Router {
  const { trainings } = parts;
  return Router()
    .post('/v1/trainings', async (request, response) => {
      const options = readOptions(request.query, trainingOptionsSchema);
      await parts.redis.ping(); // a queue that is away is said at once, not after megabytes
      const requestId = requestIdOf(response);
      const training = await parts.uploads.run(async () => parts.intake.take(await openUpload(request, parts.maxBytes), options, requestId));
      parts.log.info({ request: requestId, training: training.id, rows: training.rows }, 'training taken in');
      response.status(202).location(`/v1/trainings/${training.id}`).json(view(training));
    })
    .get('/v1/trainings', async (request, response) => {
      readOptions(request.query, noOptions);
      response.json({ trainings: (await trainings.list(100)).map(view) });
    })
    .all('/v1/trainings', onlyMethods('GET', 'POST'))
    .get('/v1/trainings/:id', async (request, response) => {
      readOptions(request.query, noOptions);
      response.json(view(await findTraining(trainings, request.params.id)));
    })
    .delete('/v1/trainings/:id', async (request, response) => {
      readOptions(request.query, noOptions);
      const { id } = await findTraining(trainings, request.params.id);
      const cancelled = await trainings.cancel(id);
      const training = await findTraining(trainings, id);
      if (training.state !== 'cancelled') {
        const why = training.state === 'running' ? 'is being published' : `has ${training.state}`;
        const instead = training.state === 'failed' ? '' : '; PUT /v1/models/current goes back to another version';
        throw new SpindleError('already_finished', `the training ${why} and can no longer be cancelled${instead}`);
      }
      if (cancelled) {
        parts.log.info({ request: requestIdOf(response), training: id }, 'training cancelled');
        const stays = (error: unknown): void => parts.log.warn({ training: id, reason: messageOf(error) }, 'cannot take the job of a cancelled training off the queue: the trainer passes over it');
        await parts.queues.remove('train-model', id, queuePatience).catch(stays);
      }
      response.status(202).json(view(training));
    })
    .all('/v1/trainings/:id', onlyMethods('GET', 'DELETE'));
}

/** The training with this id. Throws `not_found`. */
export async function findTraining(trainings: TrainingStore, id: string): Promise<Training> {
  const training = z.uuid().safeParse(id).success ? await trainings.find(id) : undefined;
  if (!training) throw new SpindleError('not_found', `there is no training ${id.slice(0, 80)}: it never was, or it has expired`);
  return training;
}

function view({ chunks: _chunks, request_id: _requestId, ...rest }: Training): z.infer<typeof trainingViewSchema> {
  return rest;
}
