import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { createLog } from '../../common/log.ts';
import { ensureFirstModel } from '../../trainer/first-model.ts';
import { ModelPublisher } from '../../trainer/model-publisher.ts';
import { versionFiles } from '../../trainer/version-files.ts';
import { trainModel } from '../../trainer/train-model.ts';
import { temporaryDirectory } from '../support/leftovers.ts';
import { modelOf, publishVersion } from '../support/model-versions.ts';

const log = createLog('trainer', 'fatal');
let directory: string;
let publisher: ModelPublisher;
beforeEach(async () => {
  directory = await temporaryDirectory();
  publisher = new ModelPublisher(directory);
  await publisher.prepare();
});

const ensure = () => ensureFirstModel(publisher, 1, log, (input) => trainModel(input));
const current = () => publisher.reader.current();

describe('ensureFirstModel', () => {
  it('trains a quick model on the demonstration data on an empty volume, and only once', async () => {
    const version = await ensure();
    expect(version).toBeDefined();
    expect(await current()).toBe(version);
    const { schema, report } = await publisher.reader.metadata(version ?? '');
    expect(schema.target).toEqual({ name: 'time_min', unit: 'min' });
    expect(schema.features.find((feature) => feature.name === 'complexity')).toMatchObject({ min: 1, max: 10, learned: { min: 1, max: 9 } });
    expect(report.quick).toBe(true);
    expect(report.data).toMatchObject({ source: 'demonstration', rows_used: 1_000, rows_refused: 0 });
    expect(await ensure()).toBeUndefined();
    expect(await publisher.reader.list()).toEqual([version]);
  });

  it('leaves a damaged current version to the operator while another can be loaded', async () => {
    await publishVersion(directory, 1);
    const damaged = await publishVersion(directory, 2);
    await rm(join(directory, damaged, 'model.json'));
    expect(await ensure()).toBeUndefined();
    expect(await current()).toBe(damaged);
    expect(await publisher.reader.list()).toHaveLength(2);
  });

  it('leaves an unreadable name of the current version to the operator, too', async () => {
    await publishVersion(directory, 1);
    await writeFile(join(directory, 'current'), 'garbage');
    expect(await ensure()).toBeUndefined();
  });

  it('never puts the demonstration in the place of a shop\'s own damaged model', async () => {
    const damaged = await publishVersion(directory, 2);
    await rm(join(directory, damaged, 'schema.json'));
    expect(await ensure()).toBeUndefined();
    expect(await current()).toBe(damaged);
    expect(await publisher.reader.list()).toEqual([damaged]);
  });

  it('takes up the newest promoted version where a trainer died before making it current', async () => {
    await publishVersion(directory, 1, { current: false });
    const promoted = await publishVersion(directory, 2, { current: false });
    const model = modelOf(3);
    await publisher.publish(versionFiles({ ...model, report: { ...model.report, gate: { verdict: 'kept', reason: 'no gain' } } }, new Date(Date.UTC(2026, 10, 22, 0, 3)), 1));
    expect(await ensure()).toBe(promoted);
    expect(await current()).toBe(promoted);
  });
});
