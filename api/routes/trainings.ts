import { Router } from 'express';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import { SpindleError } from '../../common/errors.ts';
import type { Log } from '../../common/log.ts';
import { type Training, type TrainingStore, trainingSchema } from '../../common/training-store.ts';
import { onlyMethods } from '../problem.ts';
import { noOptions, readOptions } from '../query-options.ts';
import { requestIdOf } from '../request-id.ts';
import type { TrainingIntake } from '../upload/training-intake.ts';
import { openUpload } from '../upload/upload.ts';
import type { UploadsUnderWay } from '../upload/uploads-under-way.ts';

/** Query options of `POST /v1/trainings`. */
export const trainingOptionsSchema = z.strictObject({
  target: z.string().min(1, 'expected a column name').max(100).optional().describe('Column to predict; the current model\'s target unless told'),
});

/** A training as HTTP shows it. */
export const trainingViewSchema = trainingSchema.omit({ chunks: true, request_id: true }).meta({ id: 'Training' });

/** `/v1/trainings`: upload finished parts, follow what becomes of them. */
export function trainingRoutes(parts: { redis: Redis; trainings: TrainingStore; intake: TrainingIntake; uploads: UploadsUnderWay; maxBytes: number; log: Log }): Router {
  const { trainings } = parts;
  return Router()
    .post('/v1/trainings', async (request, response) => {
      const { target } = readOptions(request.query, trainingOptionsSchema);
      await parts.redis.ping(); // a queue that is away is said at once, not after megabytes
      const requestId = requestIdOf(response);
      const training = await parts.uploads.run(async () => parts.intake.take(await openUpload(request, parts.maxBytes), target, requestId));
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
      const { id } = request.params;
      const training = z.uuid().safeParse(id).success ? await trainings.find(id) : undefined;
      if (!training) throw new SpindleError('not_found', `there is no training ${id.slice(0, 80)}: it never was, or it has expired`);
      response.json(view(training));
    })
    .all('/v1/trainings/:id', onlyMethods('GET'));
}

function view({ chunks: _chunks, request_id: _requestId, ...rest }: Training): z.infer<typeof trainingViewSchema> {
  return rest;
}
