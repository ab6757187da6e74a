import { describe, expect, it } from 'vitest';
import type { Problem } from '../../../../worker/scheduling/problem.ts';
import { assignmentBound } from '../../../../worker/scheduling/routings/assignment-bound.ts';
import { findEdges, machineWindow } from '../../../../worker/scheduling/routings/edge-finding.ts';
import { headsAndTails } from '../../../../worker/scheduling/routings/heads-and-tails.ts';
import { machineLoadBound } from '../../../../worker/scheduling/routings/machine-load-bound.ts';
import { destructiveBound } from '../../../../worker/scheduling/routings/makespan-refutation.ts';
import { routingData } from '../../../../worker/scheduling/routings/routing-data.ts';
import { bruteForce } from '../brute-force.ts';
import { type Features, randomRoutings } from '../random-routings.ts';
import { ft06, twoByTwo } from '../small-shops.ts';

const mixes: Features[] = [{}, { releases: true }, { flexible: true }, { flexible: true, releases: true, setups: true }, { flexible: true, calendars: true }];

const unhurried = { goOn: () => true, secondsLeft: () => 60, onImproved: (): void => undefined };

async function boundsOf(problem: Problem, upperBound: number): Promise<Record<'load' | 'assignment' | 'destructive', number>> {
  const data = routingData(problem);
  const heads = headsAndTails(data);
  const load = machineLoadBound(data, heads);
  const assignment = await assignmentBound(data, heads, { ...unhurried, upperBound });
  return { load, assignment, destructive: destructiveBound(data, 0, upperBound, () => false) };
}

describe('bounds on the makespan', () => {
  it.each(mixes)('are never above the optimum, also with a loose upper bound: %o', async (features) => {
    for (let seed = 1; seed <= 60; seed++) {
      const problem = randomRoutings(seed, features);
      const { makespan } = bruteForce(problem);
      for (const upperBound of [makespan, makespan + 3, 1_000]) {
        for (const [name, bound] of Object.entries(await boundsOf(problem, upperBound))) expect(bound, `${name}, seed ${seed}, up to ${upperBound}`).toBeLessThanOrEqual(makespan);
      }
    }
  });

  it('are met where one machine decides', async () => {
    expect(await boundsOf(twoByTwo, 100)).toEqual({ load: 7, assignment: 7, destructive: 7 });
  });

  // Known for ft06: the largest one-machine bound is 52, the optimum 55
  it('of ft06 lie between its one-machine bound and its optimum', async () => {
    const { load, destructive } = await boundsOf(ft06, 55);
    expect(load).toBeLessThanOrEqual(52);
    expect(destructive).toBeGreaterThanOrEqual(52);
    expect(destructive).toBeLessThanOrEqual(55);
  });
});

describe('edge finding', () => {
  /** A window of operations [release, duration, deadline] in the order of their releases. */
  function edges(operations: [number, number, number][]): { holds: boolean; earliest: number[] } {
    const window = machineWindow(operations.length);
    window.count = operations.length;
    for (const [i, [release, duration, deadline]] of operations.entries()) {
      window.release[i] = release;
      window.duration[i] = duration;
      window.deadline[i] = deadline;
    }
    return { holds: findEdges(window), earliest: [...window.earliest] };
  }

  it('puts an operation behind a set that could not meet its deadlines otherwise', () => {
    expect(edges([[0, 6, 30], [1, 3, 9], [2, 4, 9]])).toEqual({ holds: true, earliest: [8, 1, 2] });
  });

  it('finds a set that has too little time', () => {
    expect(edges([[0, 5, 9], [1, 5, 9]]).holds).toBe(false);
    expect(edges([[0, 5, 10], [1, 5, 10]]).holds).toBe(true);
  });
});
