import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { ModelReader } from '../../common/model/model-reader.ts';
import { ModelShelf } from '../../worker/model-shelf.ts';
import { temporaryDirectory } from '../support/leftovers.ts';
import { damages, publishVersion } from '../support/model-versions.ts';

let directory: string;
let shelf: ModelShelf;
beforeEach(async () => {
  directory = await temporaryDirectory();
  shelf = new ModelShelf(new ModelReader(directory));
});

test('a version is loaded once, however many ask for it at the same time, and stays without its files', async () => {
  const version = await publishVersion(directory, 0);
  const [first, second] = await Promise.all([shelf.get(version), shelf.get(version)]);
  expect(first).toBe(second);
  await rm(join(directory, version), { recursive: true });
  expect(await shelf.get(version)).toBe(first);
});

test('a version that was not there, or damaged, is tried again at the next call', async () => {
  const [version, other] = [await publishVersion(directory, 0), await publishVersion(directory, 1)];
  await damages[0]?.damage(join(directory, version));
  await expect(shelf.get(version)).rejects.toMatchObject({ code: 'model_refused' });
  expect(shelf.versions).toEqual([]);
  await rm(join(directory, other), { recursive: true });
  await expect(shelf.get(other)).rejects.toMatchObject({ code: 'not_found' });
  await publishVersion(directory, 1);
  expect((await shelf.get(other)).version).toBe(other);
});

test('only the versions used last are kept', async () => {
  const versions: string[] = [];
  for (let minutes = 0; minutes < 6; minutes++) versions.push(await publishVersion(directory, minutes));
  const [oldest = '', ...others] = versions;
  for (const version of [oldest, ...others.slice(0, 3), oldest, ...others.slice(3)]) await shelf.get(version);
  expect(shelf.versions).toEqual([oldest, ...others.slice(2)].sort());
});

test('a version that is to become the current one is read once more, whatever is in memory', async () => {
  const version = await publishVersion(directory, 0);
  const first = await shelf.get(version);
  await damages[0]?.damage(join(directory, version));
  await expect(shelf.reload(version)).rejects.toMatchObject({ code: 'model_refused' });
  expect(await shelf.get(version)).toBe(first); // for the batches that are pinned to it
});
