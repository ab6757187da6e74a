import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ModelReader } from '../../../common/model/model-reader.ts';
import { temporaryDirectory } from '../../support/leftovers.ts';
import { damages, publishVersion } from '../../support/model-versions.ts';

describe('ModelReader', () => {
  it('lists versions oldest first, and nothing else that lies about', async () => {
    const directory = await temporaryDirectory();
    const [second, first] = [await publishVersion(directory, 2), await publishVersion(directory, 1)];
    await mkdir(join(directory, '.tmp-20261122T000300Z-aaaaaa'));
    await writeFile(join(directory, '20261122T000400Z-aaaaaa'), 'a file');
    expect(await new ModelReader(directory).list()).toEqual([first, second]);
    expect(await new ModelReader(join(directory, 'nowhere')).list()).toEqual([]);
  });

  it('loads what was published and gives its schema and report', async () => {
    const directory = await temporaryDirectory();
    const version = await publishVersion(directory, 5);
    const reader = new ModelReader(directory);
    expect((await reader.load(version)).estimate([[30, 16, 10, 'steel', 5, 'milling']])[0]?.[0]).toBe(535);
    expect((await reader.metadata(version)).report.version).toBe(version);
  });

  it.each(damages)('refuses $name with its reason', async ({ damage, says }) => {
    const directory = await temporaryDirectory();
    const version = await publishVersion(directory, 5);
    await damage(join(directory, version));
    await expect(new ModelReader(directory).load(version)).rejects.toMatchObject({ code: 'model_refused', message: expect.stringMatching(says) as unknown });
  });

  it('tells a version that is not there from one that is damaged', async () => {
    const directory = await temporaryDirectory();
    await expect(new ModelReader(directory).load('20261122T000000Z-aaaaaa')).rejects.toMatchObject({ code: 'not_found' });
    await expect(new ModelReader(directory).load('../../secret')).rejects.toMatchObject({ code: 'not_found' });
  });

  it('refuses a file `current` that names no version', async () => {
    const directory = await temporaryDirectory();
    expect(await new ModelReader(directory).current()).toBeUndefined();
    await writeFile(join(directory, 'current'), '../elsewhere\n');
    await expect(new ModelReader(directory).current()).rejects.toMatchObject({ code: 'model_refused', message: expect.stringContaining('names no version') as unknown });
  });
});
