import { mkdir, readFile, readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import { ModelReader } from '../../common/model/model-reader.ts';
import { ModelPublisher } from '../../trainer/model-publisher.ts';
import { versionFiles } from '../../trainer/version-files.ts';
import { temporaryDirectory } from '../support/leftovers.ts';
import { damages, modelOf, publishVersion } from '../support/model-versions.ts';

let directory: string;
let publisher: ModelPublisher;
beforeEach(async () => {
  directory = await temporaryDirectory();
  publisher = new ModelPublisher(directory);
});

/** Why the current version changes, here. */
const switching = { by: 'switch' as const, reason: 'a test', requestId: 'abc-1' };

const filesOf = (minutes: number) => versionFiles(modelOf(minutes), new Date(Date.UTC(2026, 10, 22, 0, minutes)), 1);

describe('publish', () => {
  it('makes a version that a reader loads, and nothing else', async () => {
    const files = filesOf(3);
    await publisher.publish(files);
    expect(await readdir(directory)).toEqual([files.version]);
    const estimator = await publisher.reader.load(files.version);
    expect(estimator.version).toBe(files.version);
    expect(await publisher.reader.current()).toBeUndefined();
  });

  it('leaves a version as it is that is there already, also when two publish it at once', async () => {
    const files = filesOf(3);
    await Promise.all([publisher.publish(files), new ModelPublisher(directory).publish(files)]);
    await publisher.publish(files);
    expect(await readdir(directory)).toEqual([files.version]);
  });

  it('never shows half a version to a reader who looks all the time', async () => {
    const reader = new ModelReader(directory);
    const published = new AbortController();
    let looks = 0;
    const watch = async (): Promise<void> => {
      while (!published.signal.aborted) {
        const current = await reader.current();
        for (const version of await reader.list()) await reader.load(version); // throws for anything incomplete
        if (current !== undefined) await reader.load(current);
        looks++;
        await nextTurn();
      }
    };
    const watching = Promise.all([watch(), watch()]);
    for (let minutes = 0; minutes < 15; minutes++) {
      const files = filesOf(minutes);
      await publisher.publish(files);
      await publisher.setCurrent(files.version, switching);
    }
    published.abort();
    await watching;
    expect(looks).toBeGreaterThan(0);
    expect(await reader.list()).toHaveLength(15);
  });
});

describe('setCurrent', () => {
  it('returns the version before, and switches back as it switches forth', async () => {
    const [older, newer] = [await publishVersion(directory, 1), await publishVersion(directory, 2, { current: false })];
    expect(await publisher.setCurrent(newer, switching)).toBe(older);
    expect(await publisher.setCurrent(older, switching)).toBe(newer);
    expect(await readFile(join(directory, 'current'), 'utf8')).toBe(`${older}\n`);
  });

  it.each(damages)('refuses a version with $name and keeps the current one', async ({ damage, says }) => {
    const [sound, damaged] = [await publishVersion(directory, 1), await publishVersion(directory, 2, { current: false })];
    await damage(join(directory, damaged));
    await expect(publisher.setCurrent(damaged, switching)).rejects.toMatchObject({ code: 'model_refused', message: expect.stringMatching(says) as unknown });
    expect(await publisher.reader.current()).toBe(sound);
  });

  it('refuses a version that does not exist', async () => {
    await publisher.prepare();
    await expect(publisher.setCurrent('20261122T000000Z-aaaaaa', switching)).rejects.toMatchObject({ code: 'not_found' });
    await expect(publisher.setCurrent('../elsewhere', switching)).rejects.toMatchObject({ code: 'not_found' });
  });

  it('records every change and nothing else, newest last, one line each', async () => {
    const [older, newer] = [await publishVersion(directory, 1), await publishVersion(directory, 2, { current: false })];
    await publisher.setCurrent(newer, switching);
    await publisher.setCurrent(newer, switching);
    await publisher.setCurrent('20261122T000000Z-aaaaaa', switching).catch(() => {});
    const lines = (await readFile(join(directory, 'history.jsonl'), 'utf8')).trimEnd().split('\n');
    expect(lines.map((line): unknown => JSON.parse(line))).toMatchObject([
      { version: older, before: null, by: 'switch' },
      { at: expect.stringMatching(/^\d{4}-.*Z$/) as unknown, version: newer, before: older, by: 'switch', reason: 'a test', request_id: 'abc-1' },
    ]);
  });

  it('replaces a version only where that is still the current one', async () => {
    const [first, second] = [await publishVersion(directory, 1), await publishVersion(directory, 2, { current: false })];
    expect(await publisher.replaceCurrent(undefined, second, switching)).toBe(false);
    expect(await publisher.reader.current()).toBe(first);
    expect(await publisher.replaceCurrent(first, second, switching)).toBe(true);
    expect(await publisher.reader.current()).toBe(second);
  });

  it('repairs a file that names no version', async () => {
    const version = await publishVersion(directory, 1);
    await writeFile(join(directory, 'current'), 'garbage');
    expect(await publisher.setCurrent(version, switching)).toBeUndefined();
    expect(await publisher.reader.current()).toBe(version);
  });
});

describe('prune', () => {
  it('keeps the newest, the current one and those in use', async () => {
    const versions: string[] = [];
    for (let minutes = 0; minutes < 6; minutes++) versions.push(await publishVersion(directory, minutes, { current: minutes === 0 }));
    const [current, pinned, third, fourth, fifth, sixth] = versions;
    expect(await publisher.prune(2, new Set([pinned ?? '']))).toEqual([third, fourth]);
    expect((await readdir(directory)).sort()).toEqual([current, pinned, fifth, sixth, 'current', 'history.jsonl']);
  });

  it('removes nothing while it is not known which version is current', async () => {
    await publishVersion(directory, 1);
    await publishVersion(directory, 2);
    await writeFile(join(directory, 'current'), 'garbage');
    expect(await publisher.prune(1, new Set())).toEqual([]);
    expect(await publisher.reader.list()).toHaveLength(2);
  });
});

describe('removeLeftovers', () => {
  it('removes what a killed publisher left, but not what another may be writing now', async () => {
    const old = new Date(Date.now() - 3_600_000);
    await mkdir(join(directory, '.tmp-old'));
    await writeFile(join(directory, '.tmp-old', 'model.json'), '{');
    await utimes(join(directory, '.tmp-old'), old, old);
    await mkdir(join(directory, '.tmp-young'));
    const version = await publishVersion(directory, 1);
    expect(await readdir(directory)).not.toContain('.tmp-old');
    expect(await readdir(directory)).toContain('.tmp-young');
    expect(await publisher.reader.list()).toEqual([version]);
  });
});

describe('prepare', () => {
  it('makes the folder where there is none', async () => {
    await new ModelPublisher(join(directory, 'a', 'b')).prepare();
    expect(await readdir(join(directory, 'a', 'b'))).toEqual([]);
  });

  it('says in one line that a folder cannot be written', async () => {
    await writeFile(join(directory, 'file'), '');
    await expect(new ModelPublisher(join(directory, 'file')).prepare()).rejects.toMatchObject({ code: 'invalid_configuration', message: expect.stringMatching(/^the models folder .* cannot be written: .*; check MODELS_DIR/) as unknown });
  });
});
