import { describe, expect, it } from 'vitest';
import { checkSchedule } from '../../../../worker/scheduling/check-schedule.ts';
import type { Engine, Problem } from '../../../../worker/scheduling/problem.ts';
import { annealCriticalMoves } from '../../../../worker/scheduling/routings/critical-annealing-engine.ts';
import { searchElitePlans } from '../../../../worker/scheduling/routings/elite-tabu-engine.ts';
import { solve } from '../../../../worker/scheduling/solve.ts';
import { bruteForce } from '../brute-force.ts';
import { ft06 } from '../small-shops.ts';
import { type Features, randomRoutings } from '../random-routings.ts';

const timeless = { now: () => 0, deadline: 1, stop: () => false };

/** Makespans without calendars: what both engines take. */
const plainMixes: Features[] = [
  {},
  { releases: true },
  { flexible: true },
  { flexible: true, releases: true },
  { setups: true },
  { flexible: true, setups: true, releases: true },
];

/** What only annealing takes. */
const otherMixes: Features[] = [
  { objective: 'tardiness' },
  { objective: 'tardiness', flexible: true, releases: true, setups: true },
  { objective: 'finish', flexible: true },
  { objective: 'finish', setups: true, calendars: true },
  { objective: 'setup', setups: true, flexible: true },
  { calendars: true },
  { calendars: true, flexible: true, setups: true, releases: true },
  { objective: 'tardiness', calendars: true, flexible: true, setups: true, releases: true },
];

/** The same problem with the start of one operation locked where an optimal schedule of another seed has it. */
function locked(problem: Problem, seed: number): Problem {
  const { machine, start } = annealCriticalMoves(problem, { ...timeless, seed, iterations: 50 });
  const o = seed % machine.length;
  return { ...problem, lockedMachine: problem.lockedMachine.with(o, machine[o] ?? 0), lockedStart: problem.lockedStart.with(o, start[o] ?? 0) };
}

function expectOptimal(engine: Engine, problem: Problem, iterations: number, seed: number): void {
  const optimum = bruteForce(problem);
  const solution = engine(problem, { ...timeless, seed, iterations, lowerBound: optimum.objective });
  expect(checkSchedule(problem, solution).faults, `seed ${seed}`).toEqual([]);
  expect(solution.objective, `seed ${seed}`).toBe(optimum.objective);
}

describe('tabu search over elite plans', () => {
  it.each(plainMixes)('finds the optimum of tiny problems: %o', (features) => {
    // Enough for several runs: one alone may go round in a circle, which the next, from elsewhere, does not.
    for (let seed = 1; seed <= 60; seed++) expectOptimal(searchElitePlans, randomRoutings(seed, features), 100_000, seed);
  });
});

describe('published optima', () => {
  it.each([searchElitePlans, annealCriticalMoves])('ft06: 55 ticks', (engine) => {
    const solution = engine(ft06, { ...timeless, seed: 1, iterations: 50_000, lowerBound: 55 });
    expect(checkSchedule(ft06, solution, 55).faults).toEqual([]);
    expect(solution.makespan).toBe(55);
  });
});

describe('repeatability', () => {
  it.each([searchElitePlans, annealCriticalMoves])('the same seed and iterations give the same schedule', (engine) => {
    const options = { ...timeless, seed: 7, iterations: 3_000 };
    expect(engine(ft06, options)).toEqual(engine(ft06, options));
  });

  it.each([searchElitePlans, annealCriticalMoves])('times in another unit give the same schedule in that unit', (engine) => {
    const scaled = { ...ft06, alternativeDuration: ft06.alternativeDuration.map((ticks) => 60 * ticks) };
    const options = { ...timeless, seed: 7, iterations: 20_000 };
    expect(engine(scaled, options).makespan).toBe(60 * engine(ft06, options).makespan);
  });

  it.each([searchElitePlans, annealCriticalMoves])('a run that is stopped at once still gives a schedule', (engine) => {
    const solution = engine(ft06, { ...timeless, seed: 7, deadline: 0, stop: () => true });
    expect(checkSchedule(ft06, solution).faults).toEqual([]);
  });

  it.each([searchElitePlans, annealCriticalMoves])('never ends worse than the schedule that it starts from', (engine) => {
    const incumbent = engine(ft06, { ...timeless, seed: 7, iterations: 20_000 });
    expect(engine(ft06, { ...timeless, seed: 8, iterations: 1, incumbent }).makespan).toBeLessThanOrEqual(incumbent.makespan);
  });
});

describe('annealing of critical moves', () => {
  it.each([...plainMixes, ...otherMixes])('finds the optimum of tiny problems: %o', (features) => {
    for (let seed = 1; seed <= 40; seed++) expectOptimal(annealCriticalMoves, randomRoutings(seed, features), 20_000, seed);
  });

  it.each([{}, { calendars: true, flexible: true, setups: true }, { objective: 'tardiness', flexible: true, releases: true }] satisfies Features[])('keeps locked starts: %o', (features) => {
    for (let seed = 1; seed <= 40; seed++) expectOptimal(annealCriticalMoves, locked(randomRoutings(seed, features), seed), 20_000, seed);
  });
});

describe('solve', () => {
  it.each([...plainMixes, ...otherMixes])('never states a bound above the optimum: %o', async (features) => {
    for (let seed = 100; seed < 140; seed++) {
      const problem = randomRoutings(seed, features);
      const optimum = bruteForce(problem);
      const { solution, lowerBound, status, gap } = await solve(problem, { seed, timeLimit: 10, now: () => performance.now() });
      expect(checkSchedule(problem, solution, lowerBound).faults).toEqual([]);
      expect(lowerBound).toBeLessThanOrEqual(optimum.objective);
      expect(status === 'optimal').toBe(lowerBound === solution.objective);
      expect(gap).toBeGreaterThanOrEqual(0);
    }
  });
});

describe('progress', () => {
  it('tells of better schedules and bounds only, and proves ft06', async () => {
    const objectives: number[] = [];
    const bounds: number[] = [];
    const { solution, lowerBound, status } = await solve(ft06, {
      seed: 1,
      timeLimit: 4_000,
      now: () => performance.now(),
      onImproved: ({ objective }) => objectives.push(objective),
      onProgress: (progress) => bounds.push(progress.lowerBound),
    });
    expect({ objective: solution.objective, lowerBound, status }).toEqual({ objective: 55, lowerBound: 55, status: 'optimal' });
    expect(objectives).toEqual(objectives.toSorted((a, b) => b - a));
    expect(new Set(objectives).size).toBe(objectives.length);
    expect(bounds).toEqual(bounds.toSorted((a, b) => a - b));
  });
});

describe('the limit of ticks', () => {
  it('is told with what was found', async () => {
    const giant = { ...ft06, alternativeDuration: ft06.alternativeDuration.map((ticks) => 1e8 * ticks) };
    await expect(solve(giant, { seed: 1, timeLimit: 100, now: () => 0 })).rejects.toThrow(/at most 1073741824 ticks in all, got 19700000000/);
  });
});
