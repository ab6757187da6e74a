import { describe, expect, it } from 'vitest';
import { checkSchedule } from '../../../../worker/scheduling/check-schedule.ts';
import type { Problem } from '../../../../worker/scheduling/problem.ts';
import { type ExactResult, exactSearch } from '../../../../worker/scheduling/routings/exact-search.ts';
import { headsAndTails } from '../../../../worker/scheduling/routings/heads-and-tails.ts';
import { routingData } from '../../../../worker/scheduling/routings/routing-data.ts';
import { solve } from '../../../../worker/scheduling/solve.ts';
import { bruteForce } from '../brute-force.ts';
import { type Features, randomRoutings } from '../random-routings.ts';

const mixes: Features[] = [{}, { releases: true }, { flexible: true }, { setups: true }, { flexible: true, setups: true }, { flexible: true, releases: true, setups: true }];

function search(problem: Problem, upperBound: number, mostStates = Infinity): ExactResult {
  const data = routingData(problem);
  return exactSearch(data, headsAndTails(data), upperBound, mostStates, () => false);
}

describe('exact search', () => {
  it.each(mixes)('finds the optimum of tiny problems and proves it: %o', (features) => {
    for (let seed = 1; seed <= 200; seed++) {
      const problem = randomRoutings(seed, features);
      const { makespan } = bruteForce(problem);
      const { solution, isComplete } = search(problem, 1_000);
      expect(isComplete, `seed ${seed}`).toBe(true);
      expect(solution?.makespan, `seed ${seed}`).toBe(makespan);
      expect(solution && checkSchedule(problem, solution, makespan).faults, `seed ${seed}`).toEqual([]);
      expect(search(problem, makespan), `seed ${seed}`).toEqual({ solution: undefined, isComplete: true });
    }
  });

  it.each(mixes.filter(({ setups }) => setups))('proves nothing false where a long setup can be gone round: %o', (features) => {
    for (let seed = 1; seed <= 200; seed++) {
      const plain = randomRoutings(seed, features);
      const longOrNone = (ticks: Float64Array) => ticks.map((each) => (each > 2 ? 30 : 0));
      const setups = plain.setups.map((each) => each && { between: longOrNone(each.between), ...(each.initial && { initial: longOrNone(each.initial) }) });
      const problem = { ...plain, setups };
      const { makespan } = bruteForce(problem);
      for (const above of [1, 2]) expect(search(problem, makespan + above).solution?.makespan, `seed ${seed}`).toBe(makespan);
    }
  });

  it('proves nothing where it ends early', () => {
    expect(search(randomRoutings(1, { flexible: true, setups: true }), 1_000, 1).isComplete).toBe(false);
  });

  it.each(mixes)('lets small problems be solved with a proof: %o', async (features) => {
    for (let seed = 1; seed <= 20; seed++) {
      const problem = randomRoutings(seed, features);
      const { solution, status } = await solve(problem, { seed, timeLimit: 1_000, iterations: 100, now: () => 0 });
      expect({ makespan: solution.makespan, status }, `seed ${seed}`).toEqual({ makespan: bruteForce(problem).makespan, status: 'optimal' });
    }
  });
});
