import { describe, expect, it } from 'vitest';
import { type Problem, makeProblem } from '../../../../worker/scheduling/problem.ts';
import { annealCriticalMoves } from '../../../../worker/scheduling/routings/critical-annealing-engine.ts';
import { headsAndTails } from '../../../../worker/scheduling/routings/heads-and-tails.ts';
import { orderBound, precedenceRelaxation } from '../../../../worker/scheduling/routings/precedence-relaxation.ts';
import { routingData } from '../../../../worker/scheduling/routings/routing-data.ts';
import { boundOf } from '../../../../worker/scheduling/single-operations/single-operation-engine.ts';
import { solve } from '../../../../worker/scheduling/solve.ts';
import { bruteForce } from '../brute-force.ts';
import { type Features, randomRoutings } from '../random-routings.ts';

const unhurried = { seed: 1, now: () => 0, deadline: 1, stop: () => false };

const objectives = ['tardiness', 'finish', 'setup', 'makespan'] as const;
const mixes: Features[] = [{}, { flexible: true, releases: true }, { setups: true }, { calendars: true }, { flexible: true, setups: true, releases: true, calendars: true }];

/** The bound by the orders alone and that by the machines' work. */
function boundsOf(problem: Problem, seed: number): { alone: number; together: number } {
  const data = routingData(problem);
  const relaxation = precedenceRelaxation(problem, data, headsAndTails(data));
  const solution = annealCriticalMoves(problem, { ...unhurried, seed, iterations: 50 });
  return { alone: orderBound(problem, relaxation), together: boundOf(relaxation, solution, unhurried, 1) };
}

/** A day of eight hours, again and again. */
const days = { starts: Float64Array.of(0), ends: Float64Array.of(480), repeatFrom: 0, period: 1440, pausing: true };

describe('bounds of routings without their precedence', () => {
  it.each(objectives.flatMap((objective) => mixes.map((features) => ({ ...features, objective }))))('are never above the optimum: %o', (features) => {
    for (let seed = 1; seed <= 60; seed++) {
      const problem = randomRoutings(seed, features);
      const { objective } = bruteForce(problem);
      for (const [name, bound] of Object.entries(boundsOf(problem, seed))) expect(bound, `${name}, seed ${seed}`).toBeLessThanOrEqual(objective);
    }
  });

  it('count the breaks between the operations of an order', async () => {
    const problem = makeProblem({
      machineCount: 2,
      orderStart: Int32Array.of(0, 2),
      alternativeStart: Int32Array.of(0, 1, 2),
      alternativeMachine: Int32Array.of(0, 1),
      alternativeDuration: Float64Array.of(400, 400),
      calendars: [days, days],
    });
    for (const objective of ['makespan', 'finish'] as const) {
      const { solution, status } = await solve({ ...problem, objective }, { seed: 1, timeLimit: 1_000, iterations: 100, now: () => 0 });
      expect({ end: solution.makespan, status }).toEqual({ end: 1760, status: 'optimal' });
    }
  });

  it('count the work of the machine that all orders need', () => {
    const orders = 12;
    const problem = makeProblem({
      objective: 'tardiness',
      machineCount: 2,
      orderStart: Int32Array.from({ length: orders + 1 }, (_, j) => 2 * j),
      alternativeStart: Int32Array.from({ length: 2 * orders + 1 }, (_, a) => a),
      alternativeMachine: Int32Array.from({ length: 2 * orders }, (_, o) => o % 2),
      alternativeDuration: Float64Array.from({ length: 2 * orders }, (_, o) => (o % 2 === 0 ? 1 : 10)),
      due: new Float64Array(orders).fill(11),
    });
    // The first is ready at 1, the k-th done at 1 + 10 k.
    const optimum = 10 * ((orders * (orders - 1)) / 2);
    const { alone, together } = boundsOf(problem, 1);
    expect(alone).toBe(0);
    expect(together).toBeGreaterThan(0.9 * optimum);
    expect(together).toBeLessThanOrEqual(optimum);
  });
});
