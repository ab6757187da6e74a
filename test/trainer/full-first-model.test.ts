import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { demonstrationSchema } from '../../trainer/demonstration.ts';
import { ensureFirstModel } from '../../trainer/first-model.ts';
import type { FitThreadOptions } from '../../trainer/fit-thread.ts';
import { FullFirstModel } from '../../trainer/full-first-model.ts';
import { ModelPublisher } from '../../trainer/model-publisher.ts';
import { type TrainedModel, trainModel } from '../../trainer/train-model.ts';
import { temporaryDirectory } from '../support/leftovers.ts';
import { publishVersion } from '../support/model-versions.ts';
import { silentLog } from '../support/test-connections.ts';
import { demonstrationTable } from './demonstration-table.ts';

/** A fit that the test lets end, or that is aborted. */
interface PendingFit {
  signal: AbortSignal;
  finish: () => void;
}

/** A quick model, and one that stands in for the full one, which takes half a minute. */
let models: { quick: TrainedModel; full: TrainedModel };
let directory: string;
let publisher: ModelPublisher;
let quick: string;
let fits: PendingFit[];
let told: string[];
let full: FullFirstModel;

beforeAll(() => {
  const data = { schema: demonstrationSchema, table: demonstrationTable(300, 1), refused: { count: 0, first: [] }, notes: [] };
  const source = { name: 'demonstration', sha256: 'abc' };
  const trained = trainModel({ data, source, seed: 1, quick: true });
  // As good, and not the same bytes.
  models = { quick: trained, full: { ...trained, model: { ...trained.model, golden: trained.model.golden.slice(1) }, report: { ...trained.report, quick: false } } };
});

function fit(_input: unknown, { signal = new AbortController().signal }: FitThreadOptions = {}): Promise<TrainedModel> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(new Error('aborted')), { once: true });
    fits.push({ signal, finish: () => resolve(models.full) });
  });
}

const make = (): FullFirstModel =>
  new FullFirstModel({ publisher, seed: 1, log: silentLog, fit, news: { tell: (version) => Promise.resolve(void told.push(version)), prune: () => Promise.resolve() } });

const current = () => publisher.reader.current();

/** The fit under way, once there are this many. */
async function fitNumber(count: number): Promise<PendingFit> {
  await expect.poll(() => fits.length, { timeout: 5_000 }).toBe(count);
  const last = fits.at(-1);
  if (!last) throw new Error('no fit was begun');
  return last;
}

beforeEach(async () => {
  directory = await temporaryDirectory();
  publisher = new ModelPublisher(directory);
  await publisher.prepare();
  quick = (await ensureFirstModel(publisher, 1, silentLog, () => models.quick)) ?? '';
  fits = [];
  told = [];
  full = make();
});
afterEach(() => full.stop(Date.now() + 1_000));

describe('FullFirstModel', () => {
  it('trains the full demonstration model behind the quick one, makes it current and tells of it; then there is nothing to do any more', async () => {
    expect((await publisher.reader.metadata(quick)).report.quick).toBe(true);
    await full.start();
    (await fitNumber(1)).finish();
    await expect.poll(current, { timeout: 10_000 }).not.toBe(quick);
    const version = (await current()) ?? '';
    await expect.poll(() => told).toEqual([version]);
    const { report } = await publisher.reader.metadata(version);
    expect(report).toMatchObject({ data: { source: 'demonstration' }, gate: { verdict: 'promoted' } });
    expect(report.quick).toBe(false);
    // Nor where somebody goes back to the quick one.
    await publisher.setCurrent(quick, { by: 'switch', reason: 'a test' });
    await full.giveWayTo(() => Promise.resolve());
    await full.stop(Date.now() + 1_000);
    expect(fits).toHaveLength(1);
  });

  it('leaves a shop\'s own version alone', async () => {
    await publishVersion(directory, 1);
    await full.start();
    await full.stop(Date.now() + 1_000);
    expect(fits).toEqual([]);
  });

  it('publishes nothing where another version has become current meanwhile', async () => {
    await full.start();
    const { finish } = await fitNumber(1);
    const own = await publishVersion(directory, 1);
    finish();
    await full.giveWayTo(() => Promise.resolve()); // waits for its end
    expect(await current()).toBe(own);
    expect(await publisher.reader.list()).toEqual([own, quick].sort());
    expect(told).toEqual([]);
  });

  it('gives way to a training at once, and begins anew afterwards', async () => {
    await full.start();
    const first = await fitNumber(1);
    await full.giveWayTo(async () => {
      expect(first.signal.aborted).toBe(true);
      await full.start(); // not yet
      expect(fits).toHaveLength(1);
    });
    expect((await fitNumber(2)).signal.aborted).toBe(false);
    await expect(full.giveWayTo(() => Promise.reject(new Error('of the training')))).rejects.toThrow('of the training');
    expect((await fitNumber(3)).signal.aborted).toBe(false);
  });

  it('is abandoned by a stop without a trace, and taken up by the next start of the trainer', async () => {
    await full.stop(Date.now() + 1_000); // before it was started
    await full.start();
    expect(fits).toEqual([]);
    const running = make();
    await running.start();
    const first = await fitNumber(1);
    await running.stop(Date.now() + 1_000);
    await running.stop(Date.now() + 1_000);
    expect(first.signal.aborted).toBe(true);
    expect(await publisher.reader.list()).toEqual([quick]);
    const next = make();
    await next.start();
    await fitNumber(2);
    await next.stop(Date.now() + 1_000);
  });
});
