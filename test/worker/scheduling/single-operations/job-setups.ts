import { type Problem, makeProblem } from '../../../../worker/scheduling/problem.ts';
import { RandomStream } from '../../../../worker/scheduling/random-stream.ts';

/** One machine with due dates, of which some are missing, and setups between any two jobs and before the first; they need not keep to the triangle inequality. */
export function jobSetups(jobs: number, seed: number): Problem {
  const random = new RandomStream(seed);
  const numbers = (from: number, to: number, count = jobs): Float64Array => Float64Array.from({ length: count }, () => from + random.below(to - from + 1));
  return makeProblem({
    objective: 'tardiness',
    machineCount: 1,
    orderStart: Int32Array.from({ length: jobs + 1 }, (_, job) => job),
    alternativeStart: Int32Array.from({ length: jobs + 1 }, (_, job) => job),
    alternativeMachine: new Int32Array(jobs),
    alternativeDuration: numbers(0, 100),
    due: numbers(0, 80 * jobs).map((due) => (random.below(8) === 0 ? Infinity : due)),
    weight: numbers(0, 10),
    familyCount: jobs,
    setupFamily: Int32Array.from({ length: jobs }, (_, job) => job),
    setups: [{ between: numbers(0, 90, jobs * jobs), initial: numbers(0, 90) }],
  });
}
