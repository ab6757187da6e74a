import { Registry, collectDefaultMetrics } from 'prom-client';
import type { RequestHandler } from 'express';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { application } from '../../../api/application.ts';
import { JobQueues } from '../../../api/job-queues.ts';
import { ModelCatalog } from '../../../api/models/model-catalog.ts';
import { ServingModels } from '../../../api/models/serving-models.ts';
import { docsRoutes } from '../../../api/routes/docs.ts';
import { healthRoutes } from '../../../api/routes/health.ts';
import { queueBoardRoutes } from '../../../api/routes/queue-board.ts';
import { ModelReader } from '../../../common/model/model-reader.ts';
import { WorkerRegistry } from '../../../common/worker-registry.ts';
import { HttpService } from '../../support/http-service.ts';
import { temporaryDirectory } from '../../support/leftovers.ts';
import { publishVersion } from '../../support/model-versions.ts';
import { openApiSchema } from '../../support/open-api.ts';
import { PrivateRedis } from '../../support/private-redis.ts';
import { type Answer, ask, json, problem } from '../../support/running-spindle.ts';
import { TestConnections, silentLog } from '../../support/test-connections.ts';

let redis: PrivateRedis;
let connections: TestConnections;
let queues: JobQueues;
let models: ServingModels;
let catalog: ModelCatalog;
let version: string;
let metrics: Registry;
let service: HttpService | undefined;
beforeAll(async () => void (redis = await PrivateRedis.start()));
afterAll(() => redis.stop());
beforeEach(async () => {
  connections = await TestConnections.open(redis);
  queues = new JobQueues(connections.requests, connections.prefix, silentLog);
  const directory = await temporaryDirectory();
  version = await publishVersion(directory, 0);
  const registry = new WorkerRegistry(connections.requests, connections.keys);
  const reader = new ModelReader(directory);
  models = new ServingModels({ reader, registry, messages: connections.messages, keys: connections.keys, log: silentLog, pollMs: 60_000 });
  catalog = new ModelCatalog(reader, models);
  metrics = new Registry();
  await registry.report({ id: 'w', version, loaded: [version], refused: { current: 'why' }, started_at: new Date().toISOString() }, false);
  await models.start();
});
afterEach(async () => {
  await service?.close();
  service = undefined;
  await models.stop();
  await queues.close();
  await connections.close();
});

/** Serves these routes and asks one of them. */
async function at(routes: RequestHandler, path: string, headers: Record<string, string> = {}): Promise<Answer> {
  service ??= await HttpService.start(application([routes], 'test', silentLog, metrics));
  return ask(service.url + path, { headers });
}

describe('the board of queues', () => {
  const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString('base64')}` });
  const board = (password: string | undefined) => queueBoardRoutes(queues, connections.requests, password);

  test('is off without a password', async () => {
    const routes = board(undefined);
    for (const path of ['/admin/queues', '/admin/queues/', '/admin/queues/api/queues']) {
      expect(problem(await at(routes, path, basic('admin:')))).toMatchObject({ status: 404, code: 'not_found' });
    }
  });

  test.each([
    {},
    basic('admin:wrong'),
    basic('root:päss:wörd'),
    basic('admin:päss:wörd '),
    basic('admin'),
    { authorization: 'Basic' },
    { authorization: 'Bearer päss'.replace('ä', 'a') },
    { authorization: 'Basic !!!' },
    { authorization: '' },
  ])('asks for the password where it is given %j', async (headers) => {
    const routes = board('päss:wörd');
    for (const path of ['/admin/queues', '/admin/queues/api/queues', '/admin/queues/static/js/main.js']) {
      const answer = await at(routes, path, headers);
      expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, 'Basic realm="Spindle queues", charset="UTF-8"']);
    }
  });

  test('shows the queues to admin, and lets nothing be changed', async () => {
    const routes = board('päss:wörd');
    const page = await at(routes, '/admin/queues', basic('admin:päss:wörd'));
    expect(page.status).toBe(200);
    expect(page.text.match(/src="https?:\/\/[^"]*"/g)).toBeNull(); // it does ask for a font of Google's, and lives without
    const listed = json(await at(routes, '/admin/queues/api/queues', basic('admin:päss:wörd')), z.looseObject({ queues: z.array(z.looseObject({ name: z.string(), readOnlyMode: z.boolean() })) }));
    expect(listed.queues.map(({ name, readOnlyMode }) => [name, readOnlyMode])).toEqual(queues.all.map(({ name }) => [name, true]));
    const pause = await ask(`${service?.url}/admin/queues/api/queues/estimates/pause`, { method: 'PUT', headers: basic('admin:päss:wörd') });
    expect(pause.status).toBe(405);
    expect(await queues.queue('estimates').isPaused()).toBe(false);
  });

  test('says soon that Redis is away', async () => {
    const routes = board('p');
    redis.freeze();
    const start = Date.now();
    expect(problem(await at(routes, '/admin/queues/api/queues', basic('admin:p'))).code).toBe('redis_unavailable');
    expect(Date.now() - start).toBeLessThan(1_500);
    redis.resume();
  });
});

describe('the documentation', () => {
  test('is what the routes are made from', async () => {
    const { paths } = openApiSchema.parse(JSON.parse((await at(docsRoutes(models), '/openapi.json')).text));
    expect(paths['/predict']?.get?.parameters?.map(({ name }) => name)).toEqual(['x_cm', 'y_cm', 'z_cm', 'material', 'complexity', 'process', 'unknown']);
  });

  test('is readable without anything from the network', async () => {
    const routes = docsRoutes(models);
    const page = await at(routes, '/docs/');
    expect(page).toMatchObject({ status: 200 });
    const linked = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, link = '']) => link);
    expect(linked.length).toBeGreaterThan(3);
    for (const link of linked) {
      expect(link).not.toMatch(/^(?:https?:)?\/\//);
      expect((await at(routes, new URL(link, 'http://x/docs/').pathname)).status).toBe(200);
    }
    const start = (await at(routes, '/docs/swagger-ui-init.js')).text;
    expect(start).toContain('"url": "/openapi.json"');
    // Without this it asks validator.swagger.io for a badge.
    expect(start).toContain('"validatorUrl": null');
    expect(start.match(/https?:\/\/[^"'\s]+/g)).toBeNull();
  });

  test('is where the root leads to', async () => {
    const answer = await at(docsRoutes(models), '/');
    expect([answer.status, answer.headers.get('location')]).toEqual([302, '/docs/']);
  });
});

describe('readiness', () => {
  const routes = () => healthRoutes({ redis: connections.requests, models, catalog, queues, metrics });

  test('tells what is served, by whom, and what was refused', async () => {
    expect(JSON.parse((await at(routes(), '/readyz')).text)).toMatchObject({ ready: true, reasons: [], redis: true, current: version, serving: version, workers: [{ id: 'w' }], refused: { current: 'why' } });
  });

  test('is missed without Redis, and without a worker, each with its reason', async () => {
    const served = routes();
    await connections.jobs.del(connections.keys.worker('w'));
    await models.refresh();
    const answer = await at(served, '/readyz');
    expect([answer.status, JSON.parse(answer.text)]).toMatchObject([503, { ready: false, reasons: ['no worker has a usable model loaded'] }]);
    await redis.kill();
    const away = await at(served, '/readyz');
    expect([away.status, JSON.parse(away.text)]).toMatchObject([503, { ready: false, reasons: ['Redis does not answer', 'no worker has a usable model loaded'], redis: false }]);
    expect((await at(served, '/healthz')).status).toBe(200);
    await redis.restart();
  });
});

describe('metrics', () => {
  /** The samples of an exposition by their name and labels; throws for a line that Prometheus would not take. */
  function samplesOf(text: string): Map<string, number> {
    const samples = new Map<string, number>();
    const described = new Set<string>();
    for (const line of text.split('\n')) {
      if (line === '') continue;
      const comment = /^# (?:HELP|TYPE) ([a-z0-9_]+) .+$/.exec(line);
      const sample = /^([a-z0-9_]+(?:\{(?:[a-z0-9_]+="(?:[^"\\\n]|\\.)*",?)*\})?) (\S+)$/.exec(line);
      if (comment) {
        const key = line.split(' ').slice(1, 3).join(' ');
        if (described.has(key)) throw new Error(`${key} is there twice`);
        described.add(key);
      } else if (sample && (/^nan$/i.test(sample[2] ?? '') || !Number.isNaN(Number(sample[2]))) && !samples.has(sample[1] ?? '')) samples.set(sample[1] ?? '', Number(sample[2]));
      else throw new Error(`not a sample, or one that is there twice: ${line}`);
    }
    return samples;
  }

  test('are such as Prometheus reads, and count jobs and workers', async () => {
    collectDefaultMetrics({ register: metrics });
    await queues.add('estimate-parts', { replyTo: 'c', version, parts: [[1]], requestIds: [] }, { jobId: 'a' }, 1_000);
    const routes = healthRoutes({ redis: connections.requests, models, catalog, queues, metrics });
    await at(routes, '/healthz');
    const answer = await at(routes, '/metrics');
    expect(answer.headers.get('content-type')).toContain('text/plain');
    const samples = samplesOf(answer.text);
    expect(samples.get('spindle_queue_jobs{queue="estimates",state="waiting"}')).toBe(1);
    expect(samples.get(`spindle_workers{version="${version}"}`)).toBe(1);
    expect(samples.get('spindle_http_request_duration_seconds_count{method="GET",route="/healthz",status="200"}')).toBe(1);
  });

  test('are there while Redis is away or silent, soon, and without counts that would mislead', async () => {
    const routes = healthRoutes({ redis: connections.requests, models, catalog, queues, metrics });
    const counted = async () => [...samplesOf((await at(routes, '/metrics')).text).keys()].filter((name) => name.startsWith('spindle_queue_jobs')).length;
    expect(await counted()).toBeGreaterThan(0);
    redis.freeze();
    const start = Date.now();
    expect(await counted()).toBe(0);
    redis.resume();
    await redis.kill();
    expect(await counted()).toBe(0);
    expect(Date.now() - start).toBeLessThan(2_500);
    await redis.restart();
  });

  test('have no series for each address that was asked for', async () => {
    const routes = healthRoutes({ redis: connections.requests, models, catalog, queues, metrics });
    for (let n = 0; n < 20; n++) await at(routes, `/nowhere/${n}`);
    const samples = samplesOf((await at(routes, '/metrics')).text);
    expect([...samples.keys()].filter((name) => name.includes('nowhere'))).toEqual([]);
    expect(samples.get('spindle_http_request_duration_seconds_count{method="GET",route="none",status="404"}')).toBe(20);
  });
});
