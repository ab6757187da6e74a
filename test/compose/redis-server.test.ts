import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findRedisServer } from '../../compose/redis-server.ts';
import { temporaryDirectory } from '../support/leftovers.ts';
import { PrivateRedis } from '../support/private-redis.ts';

test('the server is found on the search path, redis before valkey, and only where it can be run', async () => {
  const [a, b, c] = [await temporaryDirectory(), await temporaryDirectory(), await temporaryDirectory()];
  await writeFile(join(a, 'redis-server'), '', { mode: 0o644 });
  await mkdir(join(a, 'valkey-server'));
  await writeFile(join(b, 'valkey-server'), '', { mode: 0o755 });
  expect(findRedisServer([a, b, c].join(':'))).toBe(join(b, 'valkey-server'));
  await writeFile(join(c, 'redis-server'), '', { mode: 0o755 });
  expect(findRedisServer([a, b, c].join(':'))).toBe(join(c, 'redis-server'));
  expect(findRedisServer(a)).toBeUndefined();
  expect(findRedisServer('')).toBeUndefined();
  expect(findRedisServer(undefined)).toBeUndefined();
});

test('it never evicts, listens on this machine only, wants the password, and shows it in no list of processes', async () => {
  const redis = await PrivateRedis.start({ password: 'not4others', appendonly: true });
  const connection = redis.connect();
  expect(await connection.config('GET', 'maxmemory-policy')).toEqual(['maxmemory-policy', 'noeviction']);
  expect(await connection.config('GET', 'bind')).toEqual(['bind', '127.0.0.1']);
  expect(await connection.config('GET', 'appendonly')).toEqual(['appendonly', 'yes']);
  expect(execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' })).not.toContain('not4others');
  const stranger = connection.duplicate({ password: '', lazyConnect: true, retryStrategy: () => null });
  stranger.on('error', () => {});
  await expect(stranger.ping()).rejects.toThrow(/NOAUTH|WRONGPASS|Connection is closed/);
  stranger.disconnect();
  await redis.stop();
});

test('what was written survives kill -9', async () => {
  const redis = await PrivateRedis.start({ appendonly: true });
  const connection = redis.connect();
  await connection.set('part', 'bracket');
  await redis.kill();
  await redis.restart();
  expect(await connection.get('part')).toBe('bracket');
  await redis.stop();
});
