import { Router } from 'express';
import type { TrainingStore } from '../../common/training-store.ts';
import { hasEnded } from '../../common/work-records.ts';
import { eventStream } from '../event-stream.ts';
import { onlyMethods } from '../problem.ts';
import { findTraining } from './trainings.ts';

/** `GET /v1/trainings/{id}/events`: server-sent `progress` events while a training waits and runs, then one `end` with what came of it. */
export function trainingEventRoutes(trainings: TrainingStore, stopping: AbortSignal): Router {
  const follow = eventStream(async (id) => {
    const training = await findTraining(trainings, id);
    const { state, stage, detail, progress, version, verdict, reason, code } = training;
    const ended = hasEnded(training);
    return { data: ended ? { state, progress, version, verdict, reason, code } : { state, stage, detail, progress }, ended };
  }, stopping);
  return Router().get('/v1/trainings/:id/events', follow).all('/v1/trainings/:id/events', onlyMethods('GET'));
}
