import { once } from 'node:events';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ModelReader } from '../../common/model/model-reader.ts';
import { WorkerRegistry } from '../../common/worker-registry.ts';
import { ModelShelf } from '../../worker/model-shelf.ts';
import { ModelWatcher } from '../../worker/model-watcher.ts';
import { temporaryDirectory } from '../support/leftovers.ts';
import { damages, pointAt, publishVersion } from '../support/model-versions.ts';
import { PrivateRedis } from '../support/private-redis.ts';
import { until } from '../support/running-spindle.ts';
import { TestConnections, silentLog } from '../support/test-connections.ts';

let redis: PrivateRedis;
let connections: TestConnections;
let directory: string;
let watchers: ModelWatcher[];
beforeAll(async () => void (redis = await PrivateRedis.start()));
afterAll(() => redis.stop());
beforeEach(async () => {
  connections = await TestConnections.open(redis);
  directory = await temporaryDirectory();
  watchers = [];
});
afterEach(async () => {
  for (const watcher of watchers) await watcher.stop(Date.now() + 1_000);
  const left = await connections.left();
  await connections.close();
  if (left.length > 0) throw new Error(`keys are left: ${left.join(', ')}`);
});

/** A worker's watcher; it polls so rarely that only messages make it look, unless told otherwise. */
async function watch({ pollMs = 60_000, id = 'w' } = {}): Promise<ModelWatcher> {
  const reader = new ModelReader(directory);
  const registry = new WorkerRegistry(connections.jobs, connections.keys);
  const watcher = new ModelWatcher({ id, reader, shelf: new ModelShelf(reader), registry, messages: connections.messages, keys: connections.keys, log: silentLog, pollMs });
  watchers.push(watcher);
  await watcher.start();
  return watcher;
}

const announce = () => connections.jobs.publish(connections.keys.modelNews(), '');
const untilServing = (watcher: ModelWatcher, version: string) => until(`serving ${version}`, () => watcher.serving === version);

test('before the first model there is nothing to serve and nothing wrong', async () => {
  const watcher = await watch();
  expect(watcher.status).toMatchObject({ version: null, loaded: [], refused: {} });
});

test('the current version is served from the start, and the registry knows it', async () => {
  const version = await publishVersion(directory, 0);
  const watcher = await watch();
  expect(watcher.serving).toBe(version);
  expect(await new WorkerRegistry(connections.jobs, connections.keys).list()).toEqual([watcher.status]);
});

test('a new version is served as soon as a message tells of it, and a step back as well', async () => {
  const first = await publishVersion(directory, 0);
  const watcher = await watch();
  const second = await publishVersion(directory, 1);
  await announce();
  await untilServing(watcher, second);
  await pointAt(directory, first);
  await announce();
  await untilServing(watcher, first);
  expect(watcher.status).toMatchObject({ version: first, loaded: [first, second], refused: {} });
});

test('a new version is found by polling where the message was lost, and then announced', async () => {
  await publishVersion(directory, 0);
  const watcher = await watch({ pollMs: 50 });
  const second = await publishVersion(directory, 1);
  const message = once(connections.messages, 'message');
  await untilServing(watcher, second);
  expect(await message).toEqual([connections.keys.modelNews(), second]);
});

describe.each(damages)('$name', ({ damage, says }) => {
  test('is refused with the reason, and the version before serves on', async () => {
    const sound = await publishVersion(directory, 0);
    const watcher = await watch();
    const damaged = await publishVersion(directory, 1);
    await damage(join(directory, damaged));
    await announce();
    await until('the refusal', () => watcher.status.refused[damaged] !== undefined);
    expect(watcher.status.refused[damaged]).toMatch(says);
    expect(watcher.serving).toBe(sound);
    const [reported] = await new WorkerRegistry(connections.jobs, connections.keys).list();
    expect(reported).toEqual(watcher.status);
  });

  test('is refused at a start as well: the newest sound version before it is served', async () => {
    await publishVersion(directory, 0);
    const sound = await publishVersion(directory, 1);
    const damaged = await publishVersion(directory, 2);
    await damage(join(directory, damaged));
    const watcher = await watch();
    expect(watcher.serving).toBe(sound);
    expect(watcher.status.refused[damaged]).toMatch(says);
  });
});

describe('a `current` that names no version', () => {
  test.each(['garbage', '', '../../etc', '20261122T000000Z-aaaaaa\n20261122T000000Z-bbbbbb', '20261122T235959Z-ffffff'])('%j: the version before serves on, with the reason', async (text) => {
    const sound = await publishVersion(directory, 0);
    const watcher = await watch();
    await writeFile(join(directory, 'current'), text);
    await announce();
    await until('the refusal', () => Object.keys(watcher.status.refused).length > 0);
    expect(watcher.serving).toBe(sound);
  });

  test('at a start, the newest sound version is served', async () => {
    await publishVersion(directory, 0);
    const sound = await publishVersion(directory, 1);
    await writeFile(join(directory, 'current'), 'garbage');
    const watcher = await watch();
    expect(watcher.serving).toBe(sound);
    expect(watcher.status.refused).toEqual({ current: 'the file current names no version: "garbage"' });
  });

  test('once it names one again, that is served and nothing is refused any more', async () => {
    await publishVersion(directory, 0);
    await writeFile(join(directory, 'current'), 'garbage');
    const watcher = await watch();
    const version = await publishVersion(directory, 1);
    await announce();
    await untilServing(watcher, version);
    expect(watcher.status.refused).toEqual({});
  });
});

test('a version that was damaged is served once it has been mended', async () => {
  await publishVersion(directory, 0);
  const version = await publishVersion(directory, 1);
  await rm(join(directory, version, 'model.json'));
  const watcher = await watch();
  expect(watcher.serving).not.toBe(version);
  await rm(join(directory, version), { recursive: true });
  await publishVersion(directory, 1);
  await announce();
  await untilServing(watcher, version);
  expect(watcher.status.refused).toEqual({});
});

test('a version that the gate did not promote is never fallen back on', async () => {
  const watcher = await watch();
  expect(watcher.serving).toBeNull();
  const kept = await publishVersion(directory, 0, { verdict: 'kept', current: false });
  const damaged = await publishVersion(directory, 1);
  await rm(join(directory, damaged, 'model.json'));
  await announce();
  await until('the refusal', () => watcher.status.refused[damaged] !== undefined);
  expect([watcher.serving, kept]).toEqual([null, kept]);
});

test('after Redis was away the registry knows the worker again', async () => {
  const version = await publishVersion(directory, 0);
  const watcher = await watch();
  await redis.kill();
  await redis.restart(); // without its data
  const registry = new WorkerRegistry(connections.jobs, connections.keys);
  await until('the report', async () => (await registry.list())[0]?.version === version, 3_000);
  expect(watcher.serving).toBe(version);
});

test('a worker that stops withdraws its report, and stopping twice is safe', async () => {
  await publishVersion(directory, 0);
  const watcher = await watch();
  await Promise.all([watcher.stop(Date.now() + 1_000), watcher.stop(Date.now() + 1_000)]);
  expect(await connections.left()).toEqual([]);
});
