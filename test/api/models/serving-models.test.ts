import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ModelCatalog } from '../../../api/models/model-catalog.ts';
import { ServingModels } from '../../../api/models/serving-models.ts';
import { ModelReader } from '../../../common/model/model-reader.ts';
import { WorkerRegistry } from '../../../common/worker-registry.ts';
import { temporaryDirectory } from '../../support/leftovers.ts';
import { damages, pointAt, publishVersion } from '../../support/model-versions.ts';
import { PrivateRedis } from '../../support/private-redis.ts';
import { until } from '../../support/running-spindle.ts';
import { TestConnections, silentLog } from '../../support/test-connections.ts';

let redis: PrivateRedis;
let connections: TestConnections;
let directory: string;
let reader: ModelReader;
let registry: WorkerRegistry;
let models: ServingModels;
beforeAll(async () => void (redis = await PrivateRedis.start()));
afterAll(() => redis.stop());
beforeEach(async () => {
  connections = await TestConnections.open(redis);
  directory = await temporaryDirectory();
  reader = new ModelReader(directory);
  registry = new WorkerRegistry(connections.jobs, connections.keys);
  models = new ServingModels({ reader, registry: new WorkerRegistry(connections.requests, connections.keys), messages: connections.messages, keys: connections.keys, log: silentLog, pollMs: 60_000 });
});
afterEach(async () => {
  await models.stop();
  await connections.close();
});

/** A worker says what it serves. */
const report = (id: string, version: string | null, { news = false, refused = {} }: { news?: boolean; refused?: Record<string, string> } = {}) =>
  registry.report({ id, version, loaded: [], refused, started_at: new Date().toISOString() }, news);

describe('the version that is asked for', () => {
  test('is none before a worker offers one', async () => {
    await publishVersion(directory, 0);
    await models.start();
    expect(models.version).toBeNull();
    expect(() => models.serving).toThrow(expect.objectContaining({ code: 'no_model' }));
  });

  test('is the current one as soon as a worker has it, and the one before until then', async () => {
    const first = await publishVersion(directory, 0);
    await report('a', first);
    await models.start();
    expect(models.version).toBe(first);
    const second = await publishVersion(directory, 1);
    await models.refresh();
    expect(models.version).toBe(first);
    await report('b', second);
    await models.refresh();
    expect([models.version, models.serving.schema, models.serving.report.version]).toEqual([second, (await reader.metadata(second)).schema, second]);
  });

  test('changes when workers tell the news, and steps back as well', async () => {
    const [first, second] = [await publishVersion(directory, 0), await publishVersion(directory, 1)];
    await report('a', second);
    await models.start();
    await pointAt(directory, first);
    await report('a', first, { news: true });
    await until('the step back', () => models.version === first);
    expect(models.workers).toHaveLength(1);
  });

  test.each(['garbage', '20261122T235959Z-ffffff', ''])('stays where `current` says %j', async (text) => {
    const version = await publishVersion(directory, 0);
    await report('a', version);
    await models.start();
    await writeFile(join(directory, 'current'), text);
    await models.refresh();
    expect(models.version).toBe(version);
  });

  test('is what the workers fell back on where the API starts on a damaged current one', async () => {
    const sound = await publishVersion(directory, 0);
    const damaged = await publishVersion(directory, 1);
    await report('a', sound, { refused: { [damaged]: 'model.json is missing' } });
    await models.start();
    expect([models.version, models.refused]).toEqual([sound, { [damaged]: 'model.json is missing' }]);
  });

  test('is none once no worker lives', async () => {
    await report('a', await publishVersion(directory, 0));
    await models.start();
    await registry.withdraw('a');
    await models.refresh();
    expect(models.version).toBeNull();
  });

  test('stays while Redis is away', async () => {
    const version = await publishVersion(directory, 0);
    await report('a', version);
    await models.start();
    await redis.kill();
    await models.refresh();
    expect(models.version).toBe(version);
    await redis.restart();
  });

  test('never is one whose schema cannot be read here', async () => {
    const first = await publishVersion(directory, 0);
    await report('a', first);
    await models.start();
    const second = await publishVersion(directory, 1);
    await writeFile(join(directory, second, 'schema.json'), '{}');
    await report('a', second);
    await models.refresh();
    expect(models.version).toBe(first);
  });
});

describe('the catalog', () => {
  test('lists versions newest first, with the state and figures of each', async () => {
    const [older, current] = [await publishVersion(directory, 0), await publishVersion(directory, 1)];
    await report('a', current);
    await models.start();
    const catalog = new ModelCatalog(reader, models);
    expect(await catalog.list()).toMatchObject([
      { version: current, state: 'current', reason: null, rows: 100, source: 'demonstration', rmse: 2, coverage: 0.9, verdict: 'promoted' },
      { version: older, state: 'available' },
    ]);
    expect(await catalog.current()).toBe(current);
  });

  test('tells the last changes of the current version, newest first', async () => {
    const [older, newer] = [await publishVersion(directory, 0), await publishVersion(directory, 1)];
    expect(await new ModelCatalog(reader, models).history()).toMatchObject([{ version: newer, before: older }, { version: older, before: null }]);
  });

  test.each(damages)('shows $name as refused, with the reason that workers gave', async ({ damage, says }) => {
    const sound = await publishVersion(directory, 0);
    const damaged = await publishVersion(directory, 1);
    await damage(join(directory, damaged));
    const reason = await reader.load(damaged).then(String, (error: unknown) => (error instanceof Error ? error.message : ''));
    await report('a', sound, { refused: { [damaged]: reason } });
    await models.start();
    const [first, second] = await new ModelCatalog(reader, models).list();
    expect(first).toMatchObject({ version: damaged, state: 'refused', reason: expect.stringMatching(says) as string });
    expect(second).toMatchObject({ version: sound, state: 'available' });
  });

  test('shows a version whose report is damaged as refused, also before any worker has looked', async () => {
    const version = await publishVersion(directory, 0);
    await writeFile(join(directory, version, 'report.json'), '{}');
    expect(await new ModelCatalog(reader, models).list()).toMatchObject([{ version, state: 'refused', reason: 'report.json does not match its checksum', rmse: null }]);
  });

  test('is empty before the first model, and knows no current one where the file is damaged', async () => {
    const catalog = new ModelCatalog(reader, models);
    expect([await catalog.list(), await catalog.current()]).toEqual([[], null]);
    await writeFile(join(directory, 'current'), 'garbage');
    expect(await catalog.current()).toBeNull();
  });
});
