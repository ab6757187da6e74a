import { describe, expect, it } from 'vitest';
import { checkSchedule } from '../../../../worker/scheduling/check-schedule.ts';
import { type EngineOptions } from '../../../../worker/scheduling/problem.ts';
import { bestDispatch } from '../../../../worker/scheduling/single-operations/best-dispatch.ts';
import { machineGroups } from '../../../../worker/scheduling/single-operations/machine-groups.ts';
import { parallelWork } from '../../../../worker/scheduling/single-operations/parallel-work.ts';
import { ruinAndRecreate } from '../../../../worker/scheduling/single-operations/ruin-and-recreate.ts';
import { bruteForce } from './brute-force.ts';
import { generatedShop } from './generated-shop.ts';
import { type Features, tinyProblem } from './tiny-problem.ts';

const options: EngineOptions = { seed: 1, iterations: 100_000, now: () => 0, deadline: 60_000, stop: () => false };
const plain: Features = { objective: 'tardiness', machines: 'some', setups: true, initial: true, releases: true, calendar: 'none', locks: false };

describe('ruin and recreate', () => {
  it.each([
    ['with breaks', { calendar: 'pausing' }],
    ['with windows and locked jobs', { calendar: 'fitting', locks: true }],
    ['for completion', { objective: 'finish' }],
    ['for setups', { objective: 'setup' }],
  ] satisfies [string, Partial<Features>][])('comes to the least cost from any rule, %s', (_name, features) => {
    for (let seed = 1; seed <= 25; seed++) {
      const problem = tinyProblem({ ...plain, ...features }, seed);
      const best = bruteForce(problem);
      if (best.objective === Infinity) continue;
      const work = parallelWork(problem);
      const solution = ruinAndRecreate(work, bestDispatch(work), options);
      expect(checkSchedule(problem, solution).faults, `seed ${seed}`).toEqual([]);
      expect({ seed, objective: solution.objective }).toEqual({ seed, objective: best.objective });
    }
  });

  it('gives the same schedule for the same seed and iterations, whatever the clock says', () => {
    const work = parallelWork(generatedShop(60, 8, 2));
    let time = 0;
    const run = (now: () => number) => ruinAndRecreate(work, bestDispatch(work), { ...options, now, deadline: 1e9, iterations: 20_000 });
    expect(run(() => (time += 0.01))).toEqual(run(() => 0));
  });
});

it('groups machines so that no job can run in two groups and every job is in one', () => {
  for (let seed = 1; seed <= 20; seed++) {
    const work = parallelWork(generatedShop(40, 7, seed));
    const groups = machineGroups(work);
    expect(groups.flatMap(({ jobs }) => jobs).sort((a, b) => a - b)).toEqual(Array.from({ length: work.jobs }, (_, job) => job));
    for (const { machines, jobs } of groups) {
      for (const job of jobs) expect(machines).toEqual(expect.arrayContaining([...work.eligible.subarray(work.eligibleStart[job], work.eligibleStart[job + 1])]));
    }
    expect(new Set(groups.flatMap(({ machines }) => machines)).size).toBe(groups.flatMap(({ machines }) => machines).length);
  }
});
