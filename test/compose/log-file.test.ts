import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeSync } from 'node:fs';
import { expect, test } from 'vitest';
import { LogFile } from '../../compose/log-file.ts';
import { temporaryDirectory } from '../support/leftovers.ts';

test('a log is appended to, and its tail is of this start only', async () => {
  const path = join(await temporaryDirectory(), 'logs', 'api.log');
  new LogFile(path).lend((descriptor) => writeSync(descriptor, 'yesterday\n'));
  const log = new LogFile(path);
  log.lend((descriptor) => writeSync(descriptor, 'one\ntwo\nthree\n'));
  expect(await readFile(path, 'utf8')).toBe('yesterday\none\ntwo\nthree\n');
  expect(log.tail(2)).toBe('two\nthree');
  expect(log.tail(9)).toBe('one\ntwo\nthree');
});

test('a log that has grown large gives way to a new one, and one older is kept', async () => {
  const path = join(await temporaryDirectory(), 'api.log');
  await writeFile(path, Buffer.alloc(10 * 1024 * 1024 + 1, 'x'));
  await writeFile(`${path}.1`, 'older');
  const log = new LogFile(path);
  log.lend((descriptor) => writeSync(descriptor, 'new\n'));
  expect(await readFile(path, 'utf8')).toBe('new\n');
  expect((await readFile(`${path}.1`)).length).toBe(10 * 1024 * 1024 + 1);
});
