import { expect, it } from 'vitest';
import { type Objective, type Problem, makeProblem } from '../../../../worker/scheduling/problem.ts';
import { RandomStream } from '../../../../worker/scheduling/random-stream.ts';
import { bestDispatch } from '../../../../worker/scheduling/single-operations/best-dispatch.ts';
import { InsertionBounds } from '../../../../worker/scheduling/single-operations/insertion-bounds.ts';
import { MachinePlan } from '../../../../worker/scheduling/single-operations/machine-plan.ts';
import { parallelWork } from '../../../../worker/scheduling/single-operations/parallel-work.ts';
import { generatedShop } from './generated-shop.ts';
import { tinyProblem } from './tiny-problem.ts';

const objectives: Objective[] = ['tardiness', 'finish', 'setup'];
/** Short jobs behind setups that may be much longer, so that a job between two others can make the second one start earlier. */
const detours = (objective: Objective) => (seed: number): Problem => {
  const problem = generatedShop(30, 4, seed, objective);
  const random = new RandomStream(seed);
  const long = (ticks: number): number => ticks * random.below(40);
  return { ...problem, setups: problem.setups.map((each) => each && { between: each.between.map(long), ...(each.initial && { initial: each.initial.map(long) }) }) };
};

const shops = objectives.flatMap((objective) => [
  [objective, 'breaks', (seed: number) => generatedShop(30, 6, seed, objective)] as const,
  [objective, 'setups longer than the way round', detours(objective)] as const,
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

it('counts what all jobs behind a place cost, up to one that waits, and the setups on both sides', () => {
  // Jobs 0 to 3 in sequence, 4 to be put in: 0 and 1 end at 12 and 24 behind setups of 2, 2 waits for 100, 3 comes right behind it.
  const problem = makeProblem({
    objective: 'tardiness',
    machineCount: 1,
    orderStart: Int32Array.of(0, 1, 2, 3, 4, 5),
    alternativeStart: Int32Array.of(0, 1, 2, 3, 4, 5),
    alternativeMachine: new Int32Array(5),
    alternativeDuration: Float64Array.of(10, 10, 10, 10, 5),
    release: Float64Array.of(0, 0, 100, 0, 0),
    due: Float64Array.of(0, 0, 0, 0, 6),
    weight: Float64Array.of(1, 2, 4, 8, 16),
    familyCount: 2,
    setupFamily: Int32Array.of(0, 1, 0, 0, 1),
    setups: [{ between: Float64Array.of(0, 2, 3, 0), initial: Float64Array.of(2, 4) }],
  });
  const plan = new MachinePlan(parallelWork(problem));
  plan.load([Int32Array.of(0, 1, 2, 3)]);
  const insertion = new InsertionBounds(plan);
  const least = insertion.fill(0, 4, 0, 4);
  // By place: lateness of the job itself and of those behind it. At 0 it ends at 9, and 0 and 1 come 10 later; at 1 and 2 only what is late up to the waiting job; at 3 and 4 it runs after 100.
  expect([...insertion.bounds.subarray(0, 5)]).toEqual([16 * 3 + 10 * (1 + 2), 16 * 13 + 5 * 2, 16 * 23, 16 * 111 + 10 * 8, 16 * 121]);
  expect(least).toBe(0);
});
