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

function search(problem: Problem, limit: number, mostStates = Infinity): ExactResult {
  const data = routingData(problem);
  let states = 0;
  return exactSearch(problem, data, headsAndTails(data), { objective: limit, makespan: limit }, () => ++states <= mostStates);
}

const everything: Features = { flexible: true, setups: true, releases: true, calendars: true };
const unlimited = Infinity;

/** The problem with its first operation locked to where a plan for another objective has it. */
function withLock(problem: Problem): Problem {
  const { solution } = search({ ...problem, objective: problem.objective === 'finish' ? 'makespan' : 'finish' }, unlimited);
  const onlyFirst = <T extends Int32Array | Float64Array>(values: T | undefined): T => values?.map((value, o) => (o === 0 ? value : -1)) as T;
  return { ...problem, lockedMachine: onlyFirst(solution?.machine), lockedStart: onlyFirst(solution?.start) };
}

describe.each(['makespan', 'tardiness', 'finish', 'setup'] as const)('exact search, objective %s', (objective) => {
  it.each<[string, Features, (problem: Problem) => Problem]>([
    ['calendars', { calendars: true }, (problem) => problem],
    ['setups', { flexible: true, setups: true }, (problem) => problem],
    ['everything', everything, (problem) => problem],
    ['everything and a locked start', everything, withLock],
  ])('finds the optimum and proves it with %s', (_name, features, change) => {
    for (let seed = 1; seed <= 100; seed++) {
      const problem = change(randomRoutings(seed, { ...features, objective }));
      const best = bruteForce(problem);
      const { solution, isComplete } = search(problem, unlimited);
      expect({ seed, isComplete, objective: solution?.objective, makespan: solution?.makespan }).toEqual({ seed, isComplete: true, ...best });
      expect(solution && checkSchedule(problem, solution, best.objective).faults, `seed ${seed}`).toEqual([]);
    }
  }, 60_000);
});

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
