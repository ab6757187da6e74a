import { describe, expect, it } from 'vitest';
import { makeProblem } from '../../../../worker/scheduling/problem.ts';
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
        const highest = Math.max(...can(k).filter((x) => (ready[x] ?? 0) <= now).map(value));
        expect(highest).toBeLessThanOrEqual(value(o) + 1e-6);
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
    const operations = 200;
    const numbers = Int32Array.from({ length: operations + 1 }, (_, o) => o);
    const problem = makeProblem({
      objective: 'tardiness',
      machineCount: 2,
      orderStart: Int32Array.from({ length: operations / 2 + 1 }, (_, j) => 2 * j),
      alternativeStart: numbers,
      alternativeMachine: numbers.slice(1).map((o) => o % 2),
      alternativeDuration: new Float64Array(operations).fill(3),
    });
    const data = routingData(problem);
    const dispatch = new RoutedDispatch(problem, data);
    const rule = { lookAhead: 2, setupLookAhead: 1, restShare: 1 };
    expect(dispatch.make(rule, emptyPlan(data.operations), () => true)).toBe(false);
    expect(dispatch.make(rule, emptyPlan(data.operations), never)).toBe(true);
  });
});
