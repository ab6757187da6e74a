import { describe, expect, it } from 'vitest';
import type * as FitThread from '../../trainer/fit-thread.ts';
import { demonstrationSchema } from '../../trainer/demonstration.ts';
import { type TrainingInput, trainModel } from '../../trainer/train-model.ts';
import type { TrainingProgress } from '../../trainer/training-progress.ts';
import { demonstrationTable } from './demonstration-table.ts';

// A thread runs without the loader of the tests, so that only the compiled module can start one.
const compiled = new URL('../../dist/trainer/fit-thread.js', import.meta.url);
const { fitInThread } = (await import(compiled.href)) as typeof FitThread;

function input(rows: number, quick = true): TrainingInput {
  const data = { schema: demonstrationSchema, table: demonstrationTable(rows, 1), refused: { count: 0, first: [] }, notes: [] };
  return { data, source: { name: 'test', sha256: 'abc' }, seed: 1, quick };
}

const gigabyte = 2 ** 30;

describe('fitInThread', () => {
  it('gives the same model as without a thread, and tells of every stage in order', async () => {
    const told: TrainingProgress[] = [];
    const trained = await fitInThread(input(60), { onProgress: (progress) => told.push(progress) });
    expect(JSON.stringify(trained.model)).toBe(JSON.stringify(trainModel(input(60)).model));
    expect([...new Set(told.map(({ stage }) => stage))]).toEqual(['preparing', 'choosing', 'evaluating']);
    const choosing = told.filter(({ stage }) => stage === 'choosing');
    expect(choosing.map(({ fraction }) => fraction)).toEqual(choosing.map(({ fraction }) => fraction).sort((a, b) => a - b));
    expect(new Set(choosing.map(({ detail }) => detail))).toContain('ridge');
  });

  it('ends in the middle of a family once its signal is aborted, and throws its reason', async () => {
    const stopping = new AbortController();
    const reason = new Error('enough');
    const told: string[] = [];
    const onProgress = ({ stage }: TrainingProgress): void => {
      told.push(stage);
      if (stage === 'choosing') stopping.abort(reason);
    };
    const fit = fitInThread(input(2_000, false), { signal: stopping.signal, onProgress });
    await expect(fit).rejects.toBe(reason);
    const before = told.length;
    await new Promise((resolve) => setImmediate(resolve));
    expect(told).toHaveLength(before);
    expect(told).not.toContain('evaluating');
    await expect(fitInThread(input(60), { signal: stopping.signal })).rejects.toBe(reason);
  });

  it.each([
    ['heap', { process: undefined, heap: 6 * 2 ** 20 }, '6 MB'],
    ['process', { process: 32 * 2 ** 20, heap: gigabyte }, '32 MB'],
  ])('says that the memory does not suffice where the %s is full, and the process lives on', async (_what, limits, named) => {
    const fit = fitInThread(input(5_000, false), { limits });
    await expect(fit).rejects.toMatchObject({ code: 'out_of_memory', message: expect.stringMatching(`learning from 5000 rows of 6 features needs more memory than the ${named}`) as unknown });
  });

  it('passes on what is wrong with the data', async () => {
    const { data, ...rest } = input(60);
    const target = data.table.target.map(() => NaN);
    await expect(fitInThread({ ...rest, data: { ...data, table: { ...data.table, target } } })).rejects.toMatchObject({ code: 'unusable_training_data' });
  });
});
