import { describe, expect, it } from 'vitest';
import { checkSchedule } from '../../../../worker/scheduling/check-schedule.ts';
import { type EngineOptions, type Problem, type Solution } from '../../../../worker/scheduling/problem.ts';
import { bestDispatch } from '../../../../worker/scheduling/single-operations/best-dispatch.ts';
import { parallelWork } from '../../../../worker/scheduling/single-operations/parallel-work.ts';
import { canSearchSegments, segmentSearch } from '../../../../worker/scheduling/single-operations/segment-search.ts';
import { bruteForce } from './brute-force.ts';
import { generatedShop, twoShiftCalendar } from './generated-shop.ts';
import { jobSetups } from './job-setups.ts';

const options: EngineOptions = { seed: 1, iterations: 20_000, now: () => 0, deadline: 60_000, stop: () => false };

function run(problem: Problem, changed: Partial<EngineOptions> = {}): Solution {
  const work = parallelWork(problem);
  return segmentSearch(work, bestDispatch(work), { ...options, ...changed });
}

describe('the search over exchanges of segments', () => {
  it('comes to the least tardiness', () => {
    for (let seed = 1; seed <= 60; seed++) {
      const problem = jobSetups(1 + (seed % 7), seed);
      const solution = run(problem);
      expect(checkSchedule(problem, solution).faults, `seed ${seed}`).toEqual([]);
      expect({ seed, objective: solution.objective }).toEqual({ seed, objective: bruteForce(problem).objective });
    }
  });

  it('gives the same schedule for the same seed and iterations, whatever the clock says', () => {
    const problem = jobSetups(60, 2);
    let time = 0;
    expect(run(problem, { now: () => (time += 0.01), deadline: 1e9 })).toEqual(run(problem));
  });

  it('tells of each better schedule and returns the last', () => {
    const told: Solution[] = [];
    const found = run(jobSetups(60, 3), { onImproved: (solution) => told.push(solution) });
    const objectives = told.map(({ objective }) => objective);
    expect(new Set(objectives).size).toBeGreaterThan(1);
    expect(objectives).toEqual(objectives.toSorted((a, b) => b - a));
    expect(told.at(-1)).toEqual(found);
  });

  it('ends with the best so far when the time is over or it is told to stop', () => {
    const problem = jobSetups(60, 4);
    const { iterations: _, ...endless } = options;
    const work = parallelWork(problem);
    let time = 0;
    let asked = 0;
    const timed = segmentSearch(work, bestDispatch(work), { ...endless, now: () => time++, deadline: 50 });
    const stopped = segmentSearch(work, bestDispatch(work), { ...endless, stop: () => ++asked > 20 });
    for (const solution of [timed, stopped]) expect(checkSchedule(problem, solution).faults).toEqual([]);
  });
});

it('is chosen for tardiness on one machine with setups between most jobs, where none waits for a release, a lock or a break', () => {
  const problem = jobSetups(30, 5);
  const chosen = (changed: Partial<Problem>): boolean => canSearchSegments(parallelWork({ ...problem, ...changed }));
  expect(chosen({})).toBe(true);
  expect(chosen({ objective: 'finish' })).toBe(false);
  expect(chosen({ release: problem.release.with(3, 60) })).toBe(false);
  expect(chosen({ calendars: [twoShiftCalendar(true)] })).toBe(false);
  expect(chosen({ lockedMachine: problem.lockedMachine.with(0, 0), lockedStart: problem.lockedStart.with(0, 30_000) })).toBe(false);
  expect(chosen({ setupFamily: problem.setupFamily.map((family) => family % 5) })).toBe(false);
  expect(chosen({ setups: [undefined] })).toBe(false);
  expect(canSearchSegments(parallelWork(generatedShop(30, 3, 5)))).toBe(false);
});
