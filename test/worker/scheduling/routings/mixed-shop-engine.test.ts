import { describe, expect, it } from 'vitest';
import { checkSchedule } from '../../../../worker/scheduling/check-schedule.ts';
import { type Problem, makeProblem } from '../../../../worker/scheduling/problem.ts';
import { RandomStream } from '../../../../worker/scheduling/random-stream.ts';
import { annealCriticalMoves } from '../../../../worker/scheduling/routings/critical-annealing-engine.ts';
import { isMostlySingle, searchMixedShop } from '../../../../worker/scheduling/routings/mixed-shop-engine.ts';
import { bruteForce } from '../brute-force.ts';
import { type Features, randomRoutings } from '../random-routings.ts';

const timeless = { now: () => 0, deadline: 1, stop: () => false };

const mixes: Features[] = [
  { objective: 'tardiness', releases: true },
  { objective: 'tardiness', flexible: true, setups: true, releases: true, calendars: true },
  { objective: 'finish', setups: true, calendars: true },
  { objective: 'setup', setups: true, flexible: true },
  { calendars: true, flexible: true, setups: true },
];

/** Parts of one operation on three machines and, where `routings` says so, orders of two; a third of the work is late at best. */
function manyParts(singles: number, routings: number): Problem {
  const random = new RandomStream(5);
  const orders = singles + routings;
  const operations = singles + 2 * routings;
  const work = Float64Array.from({ length: operations }, () => 10 + random.below(90));
  const total = work.reduce((sum, ticks) => sum + ticks, 0);
  return makeProblem({
    objective: 'tardiness',
    machineCount: 3,
    orderStart: Int32Array.from({ length: orders + 1 }, (_, j) => j + Math.max(0, j - singles)),
    alternativeStart: Int32Array.from({ length: operations + 1 }, (_, o) => 3 * o),
    alternativeMachine: Int32Array.from({ length: 3 * operations }, (_, a) => a % 3),
    alternativeDuration: Float64Array.from({ length: 3 * operations }, (_, a) => work[Math.floor(a / 3)] ?? 0),
    due: Float64Array.from({ length: orders }, () => random.below(Math.round(total / 4))),
    weight: Float64Array.from({ length: orders }, () => 1 + random.below(9)),
    familyCount: 3,
    setupFamily: Int32Array.from({ length: operations }, () => random.below(3)),
    setups: Array.from({ length: 3 }, () => ({ between: Float64Array.of(0, 20, 20, 20, 0, 20, 20, 20, 0) })),
  });
}

function hasBothKinds({ orderStart }: Problem): boolean {
  return orderStart.subarray(1).some((end, j) => end - (orderStart[j] ?? 0) === 1);
}

describe('the search of mixed shops', () => {
  it.each(mixes)('finds the optimum of tiny problems: %o', (features) => {
    let shops = 0;
    for (let seed = 1; seed <= 80; seed++) {
      const problem = randomRoutings(seed, features);
      if (!hasBothKinds(problem)) continue;
      shops++;
      const optimum = bruteForce(problem);
      const solution = searchMixedShop(problem, { ...timeless, seed, iterations: 40_000 });
      expect(checkSchedule(problem, solution).faults, `seed ${seed}`).toEqual([]);
      expect(solution.objective, `seed ${seed}`).toBe(optimum.objective);
    }
    expect(shops).toBeGreaterThan(20);
  });

  it('gets further with its turns for single parts than by those for everything alone', () => {
    const problem = manyParts(80, 2);
    const options = { ...timeless, seed: 3 };
    const found: number[] = [];
    const mixed = searchMixedShop(problem, { ...options, iterations: 400_000, onImproved: ({ objective }) => found.push(objective) });
    expect(checkSchedule(problem, mixed).faults).toEqual([]);
    expect(Math.min(...found)).toBe(mixed.objective);
    expect(mixed.objective).toBeLessThan(annealCriticalMoves(problem, { ...options, iterations: (400_000 * 4) / 84 }).objective);
  });

  it('never ends worse than the schedule that it starts from', () => {
    const problem = manyParts(20, 5);
    const incumbent = searchMixedShop(problem, { ...timeless, seed: 3, iterations: 20_000 });
    expect(searchMixedShop(problem, { ...timeless, seed: 4, iterations: 10, incumbent }).objective).toBeLessThanOrEqual(incumbent.objective);
  });

  it('is for shops in which nearly all orders are one operation', () => {
    expect([manyParts(40, 2), manyParts(20, 2), manyParts(3, 0), manyParts(0, 2)].map(isMostlySingle)).toEqual([true, false, false, false]);
  });
});
