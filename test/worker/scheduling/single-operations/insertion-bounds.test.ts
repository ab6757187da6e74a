import { expect, it } from 'vitest';
import { type Objective } from '../../../../worker/scheduling/problem.ts';
import { RandomStream } from '../../../../worker/scheduling/random-stream.ts';
import { bestDispatch } from '../../../../worker/scheduling/single-operations/best-dispatch.ts';
import { InsertionBounds } from '../../../../worker/scheduling/single-operations/insertion-bounds.ts';
import { MachinePlan } from '../../../../worker/scheduling/single-operations/machine-plan.ts';
import { parallelWork } from '../../../../worker/scheduling/single-operations/parallel-work.ts';
import { generatedShop } from './generated-shop.ts';
import { tinyProblem } from './tiny-problem.ts';

const objectives: Objective[] = ['tardiness', 'finish', 'setup'];
const shops = objectives.flatMap((objective) => [
  [objective, 'breaks', (seed: number) => generatedShop(30, 6, seed, objective)] as const,
  [objective, 'windows', (seed: number) => generatedShop(30, 6, seed, objective, false)] as const,
  [objective, 'locks', (seed: number) => tinyProblem({ objective, machines: 'some', setups: true, initial: true, releases: true, calendar: 'pausing', locks: true }, seed)] as const,
]);

it.each(shops)('never bounds the cost of a place from above, objective %s, with %s', (_objective, feature, shop) => {
  let told = 0;
  for (let seed = 1; seed <= 40; seed++) {
    const work = parallelWork(shop(seed));
    const sequences = bestDispatch(work);
    const random = new RandomStream(seed);
    const plan = new MachinePlan(work);
    plan.load(sequences);
    const insertion = new InsertionBounds(plan);
    const job = random.below(work.jobs);
    const former = plan.machineOf[job] ?? 0;
    const position = plan.positionOf[job] ?? 0;
    const list = Int32Array.of(job);
    plan.replace(former, position, position + 1, list, 0, 0);
    for (const machine of work.eligible.subarray(work.eligibleStart[job], work.eligibleStart[job + 1])) {
      const length = plan.lengths[machine] ?? 0;
      const from = random.below(Math.min(3, length + 1));
      const likely = insertion.fill(machine, job, from, length);
      for (let place = from; place <= length; place++) {
        const bound = insertion.bounds[place] ?? NaN;
        expect(bound, `seed ${seed}`).toBeGreaterThanOrEqual(insertion.bounds[likely] ?? NaN);
        expect(bound, `seed ${seed}`).toBeLessThanOrEqual(plan.evaluate(machine, place, place, list, 0, 1, Infinity) + 1e-6);
        if (bound > 0) told++;
      }
    }
  }
  // Windows that work must fit into are not bounded.
  expect(told > 0).toBe(feature !== 'windows');
});
