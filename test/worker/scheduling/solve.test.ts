import { describe, expect, it } from 'vitest';
import { checkSchedule } from '../../../worker/scheduling/check-schedule.ts';
import { isBetter, type Problem } from '../../../worker/scheduling/problem.ts';
import { solve } from '../../../worker/scheduling/solve.ts';
import { randomRoutings } from './random-routings.ts';
import { ft06 } from './small-shops.ts';
import { generatedShop } from './single-operations/generated-shop.ts';
import { type Features, featureMixes, tinyProblem } from './single-operations/tiny-problem.ts';

const plain: Features = { objective: 'makespan', machines: 'unrelated', setups: false, initial: false, releases: false, calendar: 'none', locks: false };
const objectives = ['makespan', 'tardiness', 'finish', 'setup'] as const;

/** Problems for every engine. */
const problems: [string, Problem][] = [
  ...objectives.flatMap((objective) => featureMixes.map(([name, features]): [string, Problem] => [`${objective}, ${name}`, tinyProblem({ ...plain, objective, ...features }, 3)])),
  ...objectives.map((objective): [string, Problem] => [`a shop, ${objective}`, generatedShop(60, 4, 2, objective)]),
  ...objectives.map((objective): [string, Problem] => [`routings, ${objective}`, randomRoutings(5, { objective, flexible: true, setups: true, releases: true })]),
  ['a job shop', ft06],
];

describe('a search from an incumbent', () => {
  it.each(problems)('is never worse, however short it is: %s', async (_name, problem) => {
    const options = { timeLimit: 10_000, now: () => 0 };
    const { solution: incumbent } = await solve(problem, { ...options, seed: 1, iterations: 3_000 });
    const { solution, lowerBound } = await solve(problem, { ...options, seed: 2, iterations: 1, incumbent });
    expect(checkSchedule(problem, solution, lowerBound).faults).toEqual([]);
    expect(isBetter(incumbent, solution)).toBe(false);
  });

  it('is not held back by a bad one', async () => {
    const problem = generatedShop(60, 4, 2);
    const bad = await solve({ ...problem, objective: 'setup' }, { seed: 1, iterations: 3_000, timeLimit: 10_000, now: () => 0 });
    const options = { seed: 1, iterations: 1, timeLimit: 10_000, now: () => 0 };
    const { objective } = checkSchedule(problem, bad.solution);
    const anew = await solve(problem, options);
    expect(objective).toBeGreaterThan(anew.solution.objective);
    const from = await solve(problem, { ...options, incumbent: { ...bad.solution, objective } });
    expect(from.solution.objective).toBeLessThanOrEqual(anew.solution.objective);
  });
});

describe('limited by iterations', () => {
  /** A clock on which any share of the time left is soon over, but never all of it. */
  const impatient = (limit: number): (() => number) => {
    let looks = 0;
    return () => limit * (1 - 100 / (100 + looks++));
  };

  it.each(problems)('schedule and bound are the same whatever the clock says: %s', async (_name, problem) => {
    const options = { seed: 1, iterations: 21_000, timeLimit: 1e9 };
    const { solution, lowerBound, status } = await solve(problem, { ...options, now: () => 0 });
    const hurried = await solve(problem, { ...options, now: impatient(options.timeLimit) });
    expect({ solution: hurried.solution, lowerBound: hurried.lowerBound, status: hurried.status }).toEqual({ solution, lowerBound, status });
  }, 60_000);
});
