import { describe, expect, it } from 'vitest';
import { operationCount } from '../../../../worker/scheduling/problem.ts';
import { headsAndTails } from '../../../../worker/scheduling/routings/heads-and-tails.ts';
import { emptyPlan } from '../../../../worker/scheduling/routings/plan.ts';
import { RoutedDispatch } from '../../../../worker/scheduling/routings/routed-dispatch.ts';
import { routingData, setupBetween } from '../../../../worker/scheduling/routings/routing-data.ts';
import { randomRoutings } from '../random-routings.ts';

const never = (): boolean => false;

describe('apparent tardiness cost for routings', () => {
  it.each([
    [0, 1],
    [1, 3],
  ])('takes the best of the operations that have come to the machine that goes on first, with the share %i of what follows', (restShare, lookAhead) => {
    for (let seed = 1; seed <= 200; seed++) {
      const problem = randomRoutings(seed, { objective: 'tardiness', flexible: true, setups: true, releases: true });
      const data = routingData(problem);
      const { tail, shortest } = headsAndTails(data);
      const { operations, machines, order, orderBefore, orderAfter, durationOn } = data;
      const plan = emptyPlan(operations);
      expect(new RoutedDispatch(problem, data).make({ lookAhead, setupLookAhead: 2, restShare }, plan, never)).toBe(true);

      const scale = (lookAhead * shortest.reduce((sum, ticks) => sum + ticks, 0)) / operations;
      const means = [...new Set(problem.setups)].flatMap((setups) => (setups === undefined ? [] : [setups.between.reduce((sum, ticks) => sum + ticks, 0) / setups.between.length]));
      const setupScale = (2 * means.reduce((sum, each) => sum + each, 0)) / Math.max(1, means.length);
      const ready = Float64Array.from(orderBefore, (before, o) => (before > operations ? (problem.release[order[o] ?? 0] ?? 0) : Infinity));
      const free = new Float64Array(machines);
      const last = new Int32Array(machines).fill(operations);
      const left = new Set(order.keys());
      for (const o of plan.sequence) {
        const can = (k: number): number[] => [...left].filter((x) => durationOn[x * machines + k] !== Infinity);
        const goesOn = (k: number): number => Math.max(free[k] ?? 0, Math.min(...can(k).map((x) => ready[x] ?? Infinity)));
        const k = plan.machine[o] ?? 0;
        const now = goesOn(k);
        expect(now).toBe(Math.min(...Array.from({ length: machines }, (_, other) => goesOn(other))));
        const value = (x: number): number => {
          const ticks = durationOn[x * machines + k] ?? 0;
          const j = order[x] ?? 0;
          const slack = (problem.due[j] ?? 0) - 2 * (tail[x] ?? 0) - ticks - now;
          const pressure = problem.due[j] === Infinity ? 1e9 : Math.max(0, slack) / scale;
          const setup = setupScale > 0 ? setupBetween(data, k, last[k] ?? 0, x) / setupScale : 0;
          return Math.log((problem.weight[j] ?? 0) / (ticks + restShare * (tail[x] ?? 0))) - pressure - setup;
        };
        expect(ready[o]).toBeLessThanOrEqual(now);
        for (const x of can(k)) if ((ready[x] ?? 0) <= now) expect(value(x)).toBeLessThanOrEqual(value(o) + 1e-6);
        const end = Math.max(ready[o] ?? 0, (free[k] ?? 0) + setupBetween(data, k, last[k] ?? 0, o)) + (durationOn[o * machines + k] ?? 0);
        free[k] = end;
        last[k] = o;
        left.delete(o);
        const after = orderAfter[o] ?? operations;
        if (after < operations) ready[after] = end;
      }
      expect(left.size).toBe(0);
    }
  });

  it('ends where there is no more time', () => {
    const problem = randomRoutings(1, { objective: 'tardiness' });
    const orders = 40;
    // The same orders again and again.
    const times = Array.from({ length: orders }, (_, i) => i);
    const operations = operationCount(problem);
    const alternatives = problem.alternativeMachine.length;
    const repeated = {
      ...problem,
      orderStart: Int32Array.from([...times.flatMap((i) => [...problem.orderStart.slice(0, -1)].map((o) => o + i * operations)), orders * operations]),
      alternativeStart: Int32Array.from([...times.flatMap((i) => [...problem.alternativeStart.slice(0, -1)].map((a) => a + i * alternatives)), orders * alternatives]),
      alternativeMachine: Int32Array.from(times.flatMap(() => [...problem.alternativeMachine])),
      alternativeDuration: Float64Array.from(times.flatMap(() => [...problem.alternativeDuration])),
      release: Float64Array.from(times.flatMap(() => [...problem.release])),
      due: Float64Array.from(times.flatMap(() => [...problem.due])),
      weight: Float64Array.from(times.flatMap(() => [...problem.weight])),
      setupFamily: new Int32Array(orders * operations),
      lockedMachine: new Int32Array(orders * operations).fill(-1),
      lockedStart: new Float64Array(orders * operations).fill(-1),
    };
    const data = routingData(repeated);
    const dispatch = new RoutedDispatch(repeated, data);
    const rule = { lookAhead: 2, setupLookAhead: 1, restShare: 1 };
    expect(dispatch.make(rule, emptyPlan(data.operations), () => true)).toBe(false);
    expect(dispatch.make(rule, emptyPlan(data.operations), never)).toBe(true);
  });
});
