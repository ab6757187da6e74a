import { describe, expect, it } from 'vitest';
import { type Problem, type Solution, makeProblem } from '../../../../worker/scheduling/problem.ts';
import { bestDispatch } from '../../../../worker/scheduling/single-operations/best-dispatch.ts';
import { parallelWork } from '../../../../worker/scheduling/single-operations/parallel-work.ts';
import { scheduleOfSequences } from '../../../../worker/scheduling/single-operations/schedule-of-sequences.ts';
import { sequenceAnnealing } from '../../../../worker/scheduling/single-operations/sequence-annealing.ts';
import { timeIndexedBound } from '../../../../worker/scheduling/single-operations/time-indexed-bound.ts';
import { bruteForce } from './brute-force.ts';
import { generatedShop } from './generated-shop.ts';
import { featureMixes, tinyProblem } from './tiny-problem.ts';

const plain = { machines: 'unrelated', setups: false, initial: false, releases: false, calendar: 'none', locks: false } as const;

function bound(problem: Problem, solution: Solution, iterations = 1000): number {
  return timeIndexedBound(parallelWork(problem), { solution, iterations, goOn: () => true, onImproved: () => {} });
}

describe.each(['tardiness', 'finish'] as const)('time-indexed bound, objective %s', (objective) => {
  it.each(featureMixes)('is never above the optimum with %s', (_name, features) => {
    for (let seed = 1; seed <= 60; seed++) {
      const problem = tinyProblem({ ...plain, objective, ...features }, seed);
      const best = bruteForce(problem).objective;
      if (best === Infinity) continue;
      const work = parallelWork(problem);
      const rule = scheduleOfSequences(work, bestDispatch(work));
      // As if the schedule were bad: the bound never goes beyond its objective.
      const bad = { ...rule, objective: 3 * best + 100, makespan: Math.min(rule.makespan, 100) };
      expect(bound(problem, bad), `seed ${seed}`).toBeLessThanOrEqual(best);
    }
  }, 60_000);
});

describe('time-indexed bound', () => {
  it('knows of the windows that end behind the horizon of the schedule', () => {
    const problem = makeProblem({
      objective: 'tardiness',
      machineCount: 1,
      orderStart: Int32Array.of(0, 1, 2),
      alternativeStart: Int32Array.of(0, 1, 2),
      alternativeMachine: Int32Array.of(0, 0),
      alternativeDuration: Float64Array.of(5, 9),
      release: Float64Array.of(9, 6),
      due: Float64Array.of(23, 6),
      weight: Float64Array.of(4, 2),
      familyCount: 2,
      setupFamily: Int32Array.of(1, 0),
      setups: [{ between: Float64Array.of(4, 2, 0, 3), initial: Float64Array.of(2, 3) }],
      calendars: [{ starts: Float64Array.of(2), ends: Float64Array.of(9), repeatFrom: 2, period: 13, pausing: true }],
    });
    const work = parallelWork(problem);
    const rule = scheduleOfSequences(work, [Int32Array.of(1, 0)]);
    // The optimum, 58, ends a tick later than this schedule, and that tick is the last of its window.
    expect(rule).toMatchObject({ objective: 74, makespan: 34 });
    expect(bound(problem, rule)).toBe(58);
  });
});

describe('time-indexed bound of a shop in two shifts', () => {
  it.each([[1, 8, 0.99], [2, 5, 0.75]])('of 200 parts, number %i on %i machines, proves %f of what annealing finds', (seed, machines, share) => {
    const problem = generatedShop(200, machines, seed);
    const solution = sequenceAnnealing(problem, { seed: 1, iterations: 600_000, now: () => 0, deadline: 1, stop: () => false });
    const proven = bound(problem, solution, 3000);
    expect(proven).toBeLessThanOrEqual(solution.objective);
    expect(proven).toBeGreaterThan(share * solution.objective);
  }, 60_000);
});
