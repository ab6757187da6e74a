import { describe, expect, it } from 'vitest';
import { LatestWrite } from '../../common/latest-write.ts';

describe('LatestWrite', () => {
  it('writes one value at a time, and of those that came meanwhile only the latest', async () => {
    const written: number[] = [];
    const gates: (() => void)[] = [];
    const latest = new LatestWrite<number>((value) => {
      written.push(value);
      return new Promise<void>((resolve) => gates.push(resolve));
    });
    for (const value of [1, 2, 3]) latest.push(value);
    expect(written).toEqual([1]);
    gates[0]?.();
    await new Promise(setImmediate);
    expect(written).toEqual([1, 3]);
    gates[1]?.();
    await latest.end();
  });

  it('goes on after a failed write', async () => {
    const written: number[] = [];
    const latest = new LatestWrite<number>((value) => {
      written.push(value);
      return value === 1 ? Promise.reject(new Error('away')) : Promise.resolve();
    });
    latest.push(1);
    await new Promise(setImmediate);
    latest.push(2);
    await new Promise(setImmediate);
    expect(written).toEqual([1, 2]);
  });

  it('drops what waits when it ends, so that nothing is written afterwards', async () => {
    const written: number[] = [];
    const latest = new LatestWrite<number>(async (value) => {
      written.push(value);
      await new Promise(setImmediate);
    });
    latest.push(1);
    latest.push(2);
    await latest.end();
    await new Promise(setImmediate);
    expect(written).toEqual([1]);
  });
});
