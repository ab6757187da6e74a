import { once } from 'node:events';
import { createServer } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePort } from '../../compose/ports.ts';
import { asRedisError, checkRedis, connectForRequests, place, untilConnected } from '../../common/redis.ts';
import { PrivateRedis } from '../support/private-redis.ts';
import { TestConnections } from '../support/test-connections.ts';

let redis: PrivateRedis;
beforeAll(async () => void (redis = await PrivateRedis.start({ password: 'secret' })));
afterAll(() => redis.stop());

describe('looking at Redis before the start', () => {
  test('finds one that answers', async () => {
    expect(await checkRedis({ url: redis.url, password: 'secret' }, 3_000)).toBe(true);
    expect(await checkRedis({ url: redis.url.replace('redis://', 'redis://:secret@') }, 3_000)).toBe(true);
  });

  test.each([['a wrong password', 'wrong'], ['no password', undefined]])('ends the start on %s, with a line that never repeats it', async (_name, password) => {
    await expect(checkRedis({ url: redis.url, password }, 3_000)).rejects.toMatchObject({
      code: 'invalid_configuration',
      message: `Redis at 127.0.0.1:${redis.port} refused the password: set REDIS_PASSWORD to the one it was started with`,
    });
  });

  test('ends the start on a server that is no Redis', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : 0;
    await expect(checkRedis({ url: `redis://127.0.0.1:${port}` }, 3_000)).rejects.toThrow(`what answers at 127.0.0.1:${port} is not Redis: check REDIS_URL`);
    server.close();
    server.closeAllConnections();
  });

  test('takes one that is away, or does not answer, for one that may come', async () => {
    expect(await checkRedis({ url: `redis://127.0.0.1:${await freePort()}` }, 3_000)).toBe(false);
    redis.freeze();
    const start = Date.now();
    expect(await checkRedis({ url: redis.url, password: 'secret' }, 300)).toBe(false);
    expect(Date.now() - start).toBeLessThan(3_000);
    redis.resume();
  });
});

describe('a connection for answering callers', () => {
  test('fails at once while Redis is away, as redis_unavailable, and works by itself when it is back', async () => {
    const connections = await TestConnections.open(redis);
    await redis.kill();
    const start = Date.now();
    expect(asRedisError(await connections.requests.ping().catch((error: unknown) => error))).toMatchObject({ code: 'redis_unavailable' });
    expect(Date.now() - start).toBeLessThan(900);
    const back = new Promise((resolve) => connections.requests.once('ready', resolve)); // events.once would end at the first refused try
    await redis.restart();
    const returned = Date.now();
    await back;
    expect(await connections.requests.ping()).toBe('PONG');
    expect(Date.now() - returned).toBeLessThan(3_000);
    await connections.close();
  });

  test('gives up on a command that gets no answer, as redis_unavailable', async () => {
    const connections = await TestConnections.open(redis);
    redis.freeze();
    expect(asRedisError(await connections.requests.ping().catch((error: unknown) => error))).toMatchObject({ code: 'redis_unavailable' });
    redis.resume();
    expect(await connections.jobs.ping()).toBe('PONG');
    await connections.close();
  });

  test('that was never there is not waited for longer than told', async () => {
    const connection = connectForRequests({ url: `redis://127.0.0.1:${await freePort()}` }, 500);
    const start = Date.now();
    await untilConnected([connection], 200);
    expect(Date.now() - start).toBeLessThan(1_500);
    connection.disconnect();
  });
});

test('a full Redis is said to be full, and other failures stay what they are', () => {
  expect(asRedisError(new Error("OOM command not allowed when used memory > 'maxmemory'."))).toMatchObject({ code: 'storage_full' });
  const wrongType = new Error('WRONGTYPE Operation against a key holding the wrong kind of value');
  expect(asRedisError(wrongType)).toBe(wrongType);
  expect(asRedisError('text')).toBe('text');
});

test('an address is shown without its password', () => {
  expect(place({ url: 'redis://user:secret@redis.example:6380/2' })).toBe('redis.example:6380');
  expect(place({ url: 'redis://redis.example' })).toBe('redis.example:6379');
  expect(place({ url: 'no address' })).toBe('REDIS_URL');
});
