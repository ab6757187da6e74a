import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { RunLock } from '../../compose/run-lock.ts';
import { marker, temporaryDirectory } from '../support/leftovers.ts';

async function take(directory: string): Promise<RunLock> {
  const lock = await RunLock.take(directory, 'the test');
  if (typeof lock === 'string') throw new Error(`held by ${lock}`);
  return lock;
}

test('while one holds the lock, the next learns who does; afterwards it gets it', async () => {
  const directory = await temporaryDirectory();
  const first = await take(directory);
  expect(first.wasAbandoned).toBe(false);
  expect(await RunLock.take(directory, 'another')).toBe('the test');
  await first.release();
  const second = await take(directory);
  expect(second.wasAbandoned).toBe(false);
  await second.release();
});

test('the lock of a killed holder is taken over', async () => {
  const directory = await temporaryDirectory();
  const holder = spawn(process.execPath, ['-e', `require('net').createServer((socket) => socket.end('it')).listen(${JSON.stringify(join(directory, 'start.sock'))}, () => console.log('up'))`], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...marker },
  });
  if (holder.stdout) await once(holder.stdout, 'data');
  expect(await RunLock.take(directory, 'another')).toBeTypeOf('string');
  holder.kill('SIGKILL');
  await once(holder, 'close');
  const lock = await take(directory);
  expect(lock.wasAbandoned).toBe(true);
  await lock.release();
});

test('a folder whose path is too long for a socket is locked elsewhere', async () => {
  const directory = join(await temporaryDirectory(), 'x'.repeat(120));
  await mkdir(directory);
  const lock = await take(directory);
  expect(await RunLock.take(directory, 'another')).toBe('the test');
  await lock.release();
});
