import { expect, it } from 'vitest';
import { checkSchedule } from '../../../../worker/scheduling/check-schedule.ts';
import { readInstance } from '../../../../worker/scheduling/formats/read-instance.ts';
import { RandomStream } from '../../../../worker/scheduling/random-stream.ts';
import { solveSingleOperations } from '../../../../worker/scheduling/single-operations/single-operation-engine.ts';

/** The least total weighted tardiness by dynamic programming over the sets of jobs that run first (Held & Karp 1962). */
function leastTardiness(p: readonly number[], w: readonly number[], d: readonly number[]): number {
  const least = new Float64Array(2 ** p.length).fill(Infinity);
  least[0] = 0;
  for (let set = 1; set < least.length; set++) {
    const end = p.reduce((sum, ticks, job) => (set & (1 << job) ? sum + ticks : sum), 0);
    for (let job = 0; job < p.length; job++) {
      if ((set & (1 << job)) === 0) continue;
      const late = (w[job] ?? 0) * Math.max(0, end - (d[job] ?? 0));
      least[set] = Math.min(least[set] ?? Infinity, (least[set ^ (1 << job)] ?? Infinity) + late);
    }
  }
  return least.at(-1) ?? 0;
}

it('finds the least weighted tardiness of ten jobs and bounds it from below', async () => {
  const random = new RandomStream(31);
  for (let round = 0; round < 40; round++) {
    const p = Array.from({ length: 10 }, () => 1 + random.below(100));
    const w = p.map(() => 1 + random.below(10));
    const total = p.reduce((sum, ticks) => sum + ticks, 0);
    const d = p.map(() => random.below(total));
    const problem = readInstance('wt', { p, w, d });
    const { solution, lowerBound } = await solveSingleOperations(problem, { seed: round, iterations: 1000, now: () => 0, deadline: 60_000, stop: () => false });
    expect(checkSchedule(problem, solution, lowerBound).faults).toEqual([]);
    expect(solution.objective).toBe(leastTardiness(p, w, d));
  }
}, 60_000);
