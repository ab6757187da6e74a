import { describe, expect, it } from 'vitest';
import { type Problem, makeProblem } from '../../../../worker/scheduling/problem.ts';
import { dispatch, dispatchRules } from '../../../../worker/scheduling/single-operations/dispatch-rules.ts';
import { type ParallelWork, endAfter, parallelWork, setupTicks } from '../../../../worker/scheduling/single-operations/parallel-work.ts';
import { generatedShop } from './generated-shop.ts';

const shop = parallelWork(generatedShop(120, 6, 7));

/** Jobs on one machine, with what is said of them. */
function oneMachine(ticks: readonly number[], rest: Partial<Problem>): ParallelWork {
  const numbers = Int32Array.from({ length: ticks.length + 1 }, (_, job) => job);
  return parallelWork(
    makeProblem({ machineCount: 1, orderStart: numbers, alternativeStart: numbers, alternativeMachine: new Int32Array(ticks.length), alternativeDuration: Float64Array.from(ticks), objective: 'tardiness', ...rest }),
  );
}

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

  it.each(['edd', 'atcs', 'ms'] as const)('take by %s jobs without a due date last', (rule) => {
    const work = oneMachine([4, 3, 2], { due: Float64Array.from([Infinity, 9, 8]) });
    expect([...(dispatch(work, rule)[0] ?? [])].slice(-1)).toEqual([0]);
  });

  it.each(dispatchRules)('fill by %s the time before a locked start with what fits, where its priority is among the highest', (rule) => {
    // Job 0 is locked at 10; of 300 others the last alone is short enough to go before.
    const ticks = [5, ...Array.from({ length: 299 }, () => 20), 10];
    const locked = new Int32Array(ticks.length).fill(-1);
    const lockedStart = new Float64Array(ticks.length).fill(-1);
    locked[0] = 0;
    lockedStart[0] = 10;
    const work = oneMachine(ticks, { lockedMachine: locked, lockedStart, due: new Float64Array(ticks.length).fill(5_000), weight: Float64Array.from(ticks, (_, job) => (job === 300 ? 5 : 1)) });
    const sequence = [...(dispatch(work, rule)[0] ?? [])];
    expect(sequence).toHaveLength(ticks.length);
    // To the other rules the short one is the last of all.
    expect(sequence.indexOf(0)).toBe(rule === 'atcs' || rule === 'spt' ? 1 : 0);
  });

  it('end where there is no more time', () => {
    expect(dispatch(shop, 'atcs', 2, 0.5, () => true)).toBeUndefined();
  });
});
