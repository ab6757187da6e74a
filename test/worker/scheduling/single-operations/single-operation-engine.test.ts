import { describe, expect, it } from 'vitest';
import { SpindleError } from '../../../../common/errors.ts';
import { checkSchedule } from '../../../../worker/scheduling/check-schedule.ts';
import { type Problem, makeProblem } from '../../../../worker/scheduling/problem.ts';
import { RandomStream } from '../../../../worker/scheduling/random-stream.ts';
import { bestDispatch } from '../../../../worker/scheduling/single-operations/best-dispatch.ts';
import { parallelWork } from '../../../../worker/scheduling/single-operations/parallel-work.ts';
import { scheduleOfSequences } from '../../../../worker/scheduling/single-operations/schedule-of-sequences.ts';
import { improveSchedule, solveSingleOperations } from '../../../../worker/scheduling/single-operations/single-operation-engine.ts';
import { type BoundedSolution } from '../../../../worker/scheduling/solver.ts';
import { bruteForce } from './brute-force.ts';
import { generatedShop } from './generated-shop.ts';
import { type Features, featureMixes, tinyProblem } from './tiny-problem.ts';

const plain: Features = { objective: 'makespan', machines: 'unrelated', setups: false, initial: false, releases: false, calendar: 'none', locks: false };

const budget = { seed: 1, iterations: 30_000, now: () => 0, deadline: 60_000, stop: () => false };

function run(problem: Problem, seed = 1, iterations = 30_000): Promise<BoundedSolution> {
  return solveSingleOperations(problem, { ...budget, seed, iterations });
}

describe.each(['makespan', 'tardiness', 'finish', 'setup'] as const)('single operations, objective %s', (objective) => {
  it.each(featureMixes)('finds the optimum with %s', async (_name, features) => {
    for (let seed = 1; seed <= 25; seed++) {
      const problem = tinyProblem({ ...plain, objective, ...features }, seed);
      const best = bruteForce(problem);
      if (best.objective === Infinity) continue;
      const { solution, lowerBound } = await run(problem);
      expect(checkSchedule(problem, solution, lowerBound).faults, `seed ${seed}`).toEqual([]);
      expect({ seed, objective: solution.objective, makespan: solution.makespan }).toEqual({ seed, ...best });
      // Engines for makespans without setups have bounds of their own, which may stay below it; setups between jobs of no time are left to the search.
      const mayStayBelow = objective === 'makespan' || (problem.familyCount > 0 && problem.alternativeDuration.includes(0));
      expect({ seed, lowerBound }).toEqual({ seed, lowerBound: mayStayBelow ? lowerBound : best.objective });
    }
  }, 60_000);

  it.each(featureMixes)('finds the optimum by search alone with %s', async (_name, features) => {
    for (let seed = 1; seed <= 25; seed++) {
      const problem = tinyProblem({ ...plain, objective, ...features }, seed);
      const best = bruteForce(problem);
      if (best.objective === Infinity) continue;
      const incumbent = scheduleOfSequences(parallelWork(problem), bestDispatch(parallelWork(problem)));
      if (incumbent.makespan === Infinity) continue;
      const { objective: found, makespan } = improveSchedule(problem, { ...budget, incumbent }, false);
      expect({ seed, objective: found, makespan }).toEqual({ seed, ...best });
    }
  }, 60_000);
});

describe.each(['makespan', 'tardiness', 'finish', 'setup'] as const)('several locked starts, objective %s', (objective) => {
  it.each([
    ['alone', {}],
    ['with releases and breaks', { releases: true, calendar: 'pausing' }],
    ['with setups and windows', { setups: true, initial: true, calendar: 'fitting' }],
  ] satisfies [string, Partial<Features>][])('are planned around as well as can be, %s', (_name, features) => {
    for (let seed = 1; seed <= 25; seed++) {
      const problem = tinyProblem({ ...plain, objective, machines: 'some', ...features }, seed);
      const work = parallelWork(problem);
      const kept = scheduleOfSequences(work, bestDispatch(work));
      const isLocked = (job: number): boolean => (job + seed) % 2 === 0;
      const shop = {
        ...problem,
        lockedMachine: problem.lockedMachine.map((_, job) => (isLocked(job) ? (kept.machine[job] ?? 0) : -1)),
        lockedStart: problem.lockedStart.map((_, job) => (isLocked(job) ? (kept.start[job] ?? 0) : -1)),
      };
      const solution = improveSchedule(shop, { ...budget, incumbent: kept }, false);
      expect(checkSchedule(shop, solution).faults, `seed ${seed}`).toEqual([]);
      expect({ seed, objective: solution.objective, makespan: solution.makespan }).toEqual({ seed, ...bruteForce(shop) });
    }
  }, 60_000);
});

describe('setups that fit into no window of a machine on which work must not pause', () => {
  it.each(['makespan', 'tardiness', 'finish', 'setup'] as const)('are kept away from, or told where that cannot be, objective %s', async (objective) => {
    for (let seed = 1; seed <= 60; seed++) {
      const problem = tinyProblem({ ...plain, objective, machines: 'some', setups: true, initial: true, releases: true, calendar: 'fitting' }, seed);
      const random = new RandomStream(seed);
      const tooLong = (ticks: number): number => (random.below(4) === 0 ? 50 : ticks);
      const setups = problem.setups.map((each) => each && { between: each.between.map(tooLong), ...(each.initial && { initial: each.initial.map(tooLong) }) });
      const shop = { ...problem, setups };
      const best = bruteForce(shop);
      const found = await run(shop).then(
        ({ solution, lowerBound }) => ({ objective: solution.objective, makespan: solution.makespan, faults: checkSchedule(shop, solution, lowerBound).faults }),
        (error: unknown) => ({ objective: Infinity, makespan: Infinity, faults: error instanceof SpindleError && error.code === 'invalid_body' ? [] : [error] }),
      );
      expect({ seed, ...found }).toEqual({ seed, ...best, faults: [] });
    }
  }, 60_000);
});

describe.each(['makespan', 'tardiness', 'finish', 'setup'] as const)('locked starts on a machine with breaks, objective %s', (objective) => {
  const calendars = [{ starts: Float64Array.of(0), ends: Float64Array.of(80), repeatFrom: 0, period: 100, pausing: true }];

  it('that contradict each other are told', async () => {
    const shop = identical([5, 5, 3], 1, { objective, calendars, lockedMachine: Int32Array.of(0, 0, -1), lockedStart: Float64Array.of(0, 2, -1) });
    await expect(run(shop)).rejects.toMatchObject({ code: 'invalid_body' });
  });

  it('are kept where the way to one is too long from some jobs, and short through others', async () => {
    const jobs = 12;
    const locked = 5;
    const random = new RandomStream(1);
    const between = Float64Array.from({ length: jobs * jobs }, (_, pair) => (pair % jobs === locked && Math.floor(pair / jobs) % 2 === 0 ? 70 : 1 + random.below(4)));
    const each = (of: (job: number) => number): number[] => Array.from({ length: jobs }, (_, job) => of(job));
    const shop = identical(each(() => 3 + random.below(9)), 1, {
      objective,
      calendars,
      due: Float64Array.from(each(() => random.below(100))),
      familyCount: jobs,
      setupFamily: Int32Array.from(each((job) => job)),
      setups: [{ between }],
      lockedMachine: Int32Array.from(each((job) => (job === locked ? 0 : -1))),
      lockedStart: Float64Array.from(each((job) => (job === locked ? 50 : -1))),
    });
    const { solution, lowerBound } = await run(shop);
    expect(checkSchedule(shop, solution, lowerBound).faults).toEqual([]);
  });
});

/** Jobs on machines on which each takes the same. */
function identical(durations: readonly number[], machineCount: number, rest: Partial<Problem> = {}): Problem {
  const jobs = durations.length;
  return makeProblem({
    machineCount,
    orderStart: Int32Array.from({ length: jobs + 1 }, (_, order) => order),
    alternativeStart: Int32Array.from({ length: jobs + 1 }, (_, job) => job * machineCount),
    alternativeMachine: Int32Array.from({ length: jobs * machineCount }, (_, i) => i % machineCount),
    alternativeDuration: Float64Array.from(durations.flatMap((ticks) => Array.from({ length: machineCount }, () => ticks))),
    ...rest,
  });
}

function randomDurations(count: number, seed: number): number[] {
  const random = new RandomStream(seed);
  return Array.from({ length: count }, () => 1 + random.below(100));
}

describe('closed forms', () => {
  it('runs jobs by weight / duration where total weighted completion counts on one machine (Smith 1956)', async () => {
    const durations = randomDurations(40, 3);
    const weight = Float64Array.from(randomDurations(40, 4));
    const order = [...durations.keys()].sort((a, b) => (weight[b] ?? 0) / (durations[b] ?? 1) - (weight[a] ?? 0) / (durations[a] ?? 1));
    let end = 0;
    let sum = 0;
    for (const job of order) sum += (weight[job] ?? 0) * (end += durations[job] ?? 0);
    const { solution, lowerBound } = await run(identical(durations, 1, { objective: 'finish', weight }), 1, 500);
    expect(solution.objective).toBe(sum);
    expect(lowerBound).toBeLessThanOrEqual(sum);
  });

  it('runs short jobs first where total completion counts on identical machines (Conway, Maxwell & Miller 1967)', async () => {
    const durations = randomDurations(24, 5);
    // The k-th longest jobs from the end count k-fold.
    const sum = durations.toSorted((a, b) => b - a).reduce((total, ticks, i) => total + ticks * (1 + Math.floor(i / 3)), 0);
    const { solution, lowerBound } = await run(identical(durations, 3, { objective: 'finish' }), 1, 200_000);
    expect(solution.objective).toBe(sum);
    expect(lowerBound).toBeLessThanOrEqual(sum);
  }, 60_000);

  it('is never late where the earliest due date first is not (Jackson 1955)', async () => {
    const durations = randomDurations(50, 6);
    let end = 0;
    const due = Float64Array.from(durations, (ticks) => (end += ticks));
    const { solution, lowerBound } = await run(identical(durations, 1, { objective: 'tardiness', due }), 1, 500);
    expect([solution.objective, lowerBound]).toEqual([0, 0]);
  });

  it.each([2, 3, 5, 8])('solves what longest processing time first gets most wrong on %d machines (Graham 1969)', async (machines) => {
    const durations = [machines];
    for (let ticks = machines; ticks < 2 * machines; ticks++) durations.push(ticks, ticks);
    const { solution, lowerBound } = await run(identical(durations, machines));
    expect([solution.makespan, lowerBound]).toEqual([3 * machines, 3 * machines]);
  });

  it('proves the best assignment where every job is fast on a machine of its own', async () => {
    const jobs = 24;
    const problem = identical(Array.from({ length: jobs }, () => 50), 4);
    const alternativeDuration = problem.alternativeDuration.map((ticks, i) => (i % 4 === Math.floor(i / 4) % 4 ? 10 : ticks));
    const { solution, lowerBound } = await run({ ...problem, alternativeDuration });
    expect([solution.makespan, lowerBound]).toEqual([60, 60]);
  });
});

describe('invariances', () => {
  const everything: Features = { ...plain, objective: 'tardiness', machines: 'some', setups: true, initial: true, releases: true };

  it('does not depend on the order of the machines', async () => {
    for (let seed = 100; seed < 115; seed++) {
      const problem = tinyProblem(everything, seed);
      const last = problem.machineCount - 1;
      const turned = { ...problem, alternativeMachine: problem.alternativeMachine.map((machine) => last - machine), setups: problem.setups.toReversed() };
      expect((await run(turned)).solution.objective).toBe((await run(problem)).solution.objective);
    }
  }, 60_000);

  it('scales with time', async () => {
    for (let seed = 200; seed < 215; seed++) {
      const problem = tinyProblem(everything, seed);
      const times = (values: Float64Array): Float64Array => values.map((value) => value * 60);
      const scaled = {
        ...problem,
        alternativeDuration: times(problem.alternativeDuration),
        release: times(problem.release),
        due: times(problem.due),
        setups: problem.setups.map((setups) => setups && { between: times(setups.between), ...(setups.initial && { initial: times(setups.initial) }) }),
      };
      expect((await run(scaled)).solution.objective).toBe(60 * (await run(problem)).solution.objective);
    }
  }, 60_000);
});

describe('a shop of 200 parts on 8 machines in two shifts', () => {
  it('is on time better by 15 % than by the best dispatch rule', async () => {
    const problem = generatedShop(200, 8, 1);
    const rule = scheduleOfSequences(parallelWork(problem), bestDispatch(parallelWork(problem)));
    const { solution, lowerBound } = await run(problem, 1, 200_000);
    expect(checkSchedule(problem, solution, lowerBound).faults).toEqual([]);
    expect(solution.objective).toBeLessThan(0.85 * rule.objective);
  }, 60_000);

  it('gives the same schedule for the same seed and iterations, whatever the clock says', async () => {
    const problem = generatedShop(60, 8, 2);
    let time = 0;
    const ticking = { seed: 5, iterations: 5000, now: () => (time += 0.01), deadline: 1e9, stop: () => false };
    const first = await solveSingleOperations(problem, ticking);
    expect((await run(problem, 5, 5000)).solution).toEqual(first.solution);
  });

  it('ends at once when it is stopped, with a correct schedule', async () => {
    const problem = generatedShop(60, 8, 3);
    const { solution } = await solveSingleOperations(problem, { seed: 1, now: () => 0, deadline: 60_000, stop: () => true });
    expect(checkSchedule(problem, solution).faults).toEqual([]);
  });

  it.each(['makespan', 'finish', 'setup'] as const)('keeps to windows that work must fit into, objective %s', async (objective) => {
    const problem = generatedShop(60, 8, 4, objective, false);
    const { solution, lowerBound } = await run(problem, 1, 5000);
    expect(checkSchedule(problem, solution, lowerBound).faults).toEqual([]);
  });
});
