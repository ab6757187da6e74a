import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Router } from 'express';
import { z } from 'zod';
import { type FieldIssue, SpindleError } from '../../common/errors.ts';
import type { Log } from '../../common/log.ts';
import { versionIdSchema } from '../../common/model/version-id.ts';
import { presentable } from '../../common/part.ts';
import { partSchemaSchema } from '../../common/part-schema.ts';
import type { JobQueues } from '../job-queues.ts';
import { jsonBody } from '../json-body.ts';
import type { ModelCatalog } from '../models/model-catalog.ts';
import type { ServingModels } from '../models/serving-models.ts';
import { onlyMethods } from '../problem.ts';
import { noOptions, readOptions } from '../query-options.ts';
import { requestIdOf } from '../request-id.ts';

/** Body of `PUT /v1/models/current`. */
export const setCurrentSchema = z.strictObject({ version: versionIdSchema.describe('The version to use from now on; an older one rolls back') }).meta({ id: 'SetCurrent' });

/** Answer of `GET /v1/schema`. */
export const servedSchemaSchema = z.strictObject({ model_version: versionIdSchema, ...partSchemaSchema.shape });

/** How long the trainer may take to switch, and then a worker to load, in milliseconds. */
const switchPatience = 10_000;
const servePatience = 3_000;
/** How long putting the switch on the queue may take, in milliseconds. */
const queuePatience = 900;

/** `/v1/models`: the versions with their reports, and switching between them; and `/v1/schema`, what the current one asks for. */
export function modelRoutes(parts: { catalog: ModelCatalog; models: ServingModels; queues: JobQueues; log: Log }): Router {
  const { catalog, models, queues } = parts;
  return Router()
    .get('/v1/schema', (request, response) => {
      readOptions(request.query, noOptions);
      const { version, schema } = models.serving;
      response.json({ model_version: version, ...schema });
    })
    .all('/v1/schema', onlyMethods('GET'))
    .get('/v1/models', async (request, response) => {
      readOptions(request.query, noOptions);
      const [current, versions, history] = await Promise.all([catalog.current(), catalog.list(), catalog.history()]);
      response.json({ current, serving: models.version, refused: models.refused, versions, history });
    })
    .all('/v1/models', onlyMethods('GET'))
    .put('/v1/models/current', jsonBody('10kb'), async (request, response) => {
      readOptions(request.query, noOptions);
      const version = versionIn(request.body);
      await catalog.metadata(version); // says at once what does not exist or is damaged
      const before = await catalog.current();
      await switchTo(version, requestIdOf(response), queues);
      const serving = await untilServing(version, models);
      parts.log.info({ request: requestIdOf(response), version, before, serving }, 'current model version set');
      response.status(serving === version ? 200 : 202).json({ current: version, before, serving });
    })
    .all('/v1/models/current', onlyMethods('PUT'))
    .get('/v1/models/:version', async (request, response) => {
      readOptions(request.query, noOptions);
      const { version, schema, report } = await catalog.metadata(request.params.version);
      const { state, reason } = await catalog.summary(version, await catalog.current());
      response.json({ version, state, reason, schema, report });
    })
    .all('/v1/models/:version', onlyMethods('GET'));
}

/** The version that a body names. Throws `invalid_body` with every field that is wrong. */
function versionIn(body: unknown): string {
  const parsed = setCurrentSchema.safeParse(body);
  if (parsed.success) return parsed.data.version;
  const given = z.record(z.string(), z.unknown()).safeParse(body).data ?? {};
  const issues = parsed.error.issues.flatMap((issue) => {
    const fields = issue.code === 'unrecognized_keys' ? issue.keys : [String(issue.path[0] ?? 'version')];
    return fields.map((field): FieldIssue => {
      const value = presentable(given[field]);
      const isVersion = field === 'version';
      const got = value === null ? 'nothing' : JSON.stringify(value);
      return { field, value, message: isVersion ? `version: expected the id of a model version, got ${got}` : `${field.slice(0, 80)}: there is no such field`, fix: isVersion ? 'give a version as GET /v1/models lists them, such as 20261122T134500Z-3f9c1a' : 'remove it' };
    });
  });
  throw new SpindleError('invalid_body', `expected {"version": "…"}: ${issues.map(({ message }) => message).join('; ')}`, { issues });
}

/** Has the trainer switch, and waits until it has. Throws `model_refused` with its reason, or `deadline_exceeded`. */
async function switchTo(version: string, requestId: string, queues: JobQueues): Promise<void> {
  const job = await queues.add('set-current', { version, requestId }, { jobId: randomUUID() }, queuePatience);
  for (const deadline = Date.now() + switchPatience; Date.now() < deadline; await pause(50)) {
    const state = await job.getState();
    if (state === 'completed') return;
    if (state === 'failed') {
      const failed = await queues.queue('switching').getJob(job.id ?? '');
      throw new SpindleError('model_refused', `the trainer did not switch: ${failed?.failedReason ?? 'see its log'}`);
    }
  }
  throw new SpindleError('deadline_exceeded', 'the trainer has not switched yet: it may be down (npm start and docker compose start it anew, and its log tells); the switch happens as soon as it runs');
}

async function untilServing(version: string, models: ServingModels): Promise<string | null> {
  for (const deadline = Date.now() + servePatience; Date.now() < deadline; await pause(50)) {
    await models.refresh();
    if (models.version === version) break;
  }
  return models.version;
}
