import { describe, expect, it } from 'vitest';
import { dispatch } from '../../../../worker/scheduling/single-operations/dispatch-rules.ts';
import { type ParallelWork, endAfter, parallelWork, setupTicks } from '../../../../worker/scheduling/single-operations/parallel-work.ts';
import { generatedShop } from './generated-shop.ts';

const shop = parallelWork(generatedShop(120, 6, 7));

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The logarithm of ATCS as it is published: weight / ticks · exp(-slack / scale) · exp(-setup / setup scale). */
function apparentCost(work: ParallelWork, job: number, machine: number, now: number, setup: number): number {
  const ticks = work.duration[machine * work.jobs + job] ?? 0;
  const scale = 2 * mean([...work.duration].filter((each) => each < Infinity));
  const setupScale = 0.5 * mean(work.between.flatMap((between) => [...(between ?? [])]));
  return Math.log((work.weight[job] ?? 0) / ticks) - Math.max(0, (work.due[job] ?? 0) - ticks - now) / scale - setup / setupScale;
}

describe('dispatch rules', () => {
  it.each([
    ['atcs', (job: number, machine: number, now: number, setup: number) => apparentCost(shop, job, machine, now, setup)],
    ['edd', (job: number) => -(shop.due[job] ?? 0)],
    ['spt', (job: number, machine: number) => (shop.weight[job] ?? 0) / (shop.duration[machine * shop.jobs + job] ?? 1)],
  ] as const)('take by %s the best of the jobs that have arrived', (rule, value) => {
    const left = new Set(Array.from({ length: shop.jobs }, (_, job) => job));
    const sequences = dispatch(shop, rule).map((sequence) => [...sequence]);
    const free = sequences.map(() => 0);
    const before = sequences.map(() => -1);
    while (left.size > 0) {
      const open = sequences.flatMap((sequence, machine) => (sequence.length > 0 ? [machine] : []));
      const machine = open.reduce((first, other) => ((free[other] ?? 0) < (free[first] ?? 0) ? other : first));
      const now = free[machine] ?? 0;
      const last = before[machine] ?? -1;
      const able = [...left].filter((job) => (shop.duration[machine * shop.jobs + job] ?? Infinity) < Infinity);
      const arrival = Math.max(now, Math.min(...able.map((job) => shop.release[job] ?? 0)));
      const highest = Math.max(...able.filter((job) => (shop.release[job] ?? 0) <= arrival).map((job) => value(job, machine, now, setupTicks(shop, machine, last, job))));
      const taken = sequences[machine]?.shift() ?? -1;
      expect(shop.release[taken]).toBeLessThanOrEqual(arrival);
      expect(value(taken, machine, now, setupTicks(shop, machine, last, taken))).toBeCloseTo(highest, 6);
      free[machine] = endAfter(shop, machine, last, now, taken);
      before[machine] = taken;
      left.delete(taken);
    }
  });
});
