import { expect, it } from 'vitest';
import { type Problem, makeProblem } from '../../../../worker/scheduling/problem.ts';
import { RandomStream } from '../../../../worker/scheduling/random-stream.ts';
import { MachineTimes, type Placing } from '../../../../worker/scheduling/routings/machine-times.ts';
import { type Plan, emptyPlan } from '../../../../worker/scheduling/routings/plan.ts';
import { routingData } from '../../../../worker/scheduling/routings/routing-data.ts';
import { dispatchPriorities, timedDispatch } from '../../../../worker/scheduling/routings/timed-dispatch.ts';
import { randomCalendar } from '../random-routings.ts';

/** So many orders of one to four operations on four machines, some with a choice, with releases, setups between so many families and, where asked for, calendars. */
function shop(seed: number, orders: number, hasCalendars: boolean, familyCount = 2): Problem {
  const random = new RandomStream(seed);
  const orderStart = [0];
  const alternativeStart = [0];
  const machines: number[] = [];
  const durations: number[] = [];
  for (let j = 0; j < orders; j++) {
    for (let left = 1 + random.below(4); left > 0; left--) {
      const first = random.below(4);
      for (let k = 0; k < 4; k++) {
        if (k !== first && random.below(3) > 0) continue;
        machines.push(k);
        durations.push(1 + random.below(5));
      }
      alternativeStart.push(machines.length);
    }
    orderStart.push(alternativeStart.length - 1);
  }
  const operations = alternativeStart.length - 1;
  const families = Int32Array.from({ length: operations }, () => random.below(familyCount));
  const between = Float64Array.from({ length: familyCount ** 2 }, (_, i) => (i % (familyCount + 1) === 0 ? 0 : random.below(5)));
  const initial = Float64Array.from({ length: familyCount }, () => random.below(5));
  return makeProblem({
    objective: 'tardiness',
    machineCount: 4,
    orderStart: Int32Array.from(orderStart),
    alternativeStart: Int32Array.from(alternativeStart),
    alternativeMachine: Int32Array.from(machines),
    alternativeDuration: Float64Array.from(durations),
    release: Float64Array.from({ length: orders }, () => (random.below(2) === 0 ? 0 : random.below(2 * orders))),
    due: Float64Array.from({ length: orders }, () => (random.below(4) === 0 ? Infinity : random.below(4 * orders))),
    weight: Float64Array.from({ length: orders }, () => random.below(4)),
    familyCount,
    setupFamily: families,
    setups: Array.from({ length: 4 }, (_, k) => (k < 2 ? { between, ...(k === 0 ? { initial } : {}) } : undefined)),
    calendars: Array.from({ length: 4 }, () => (hasCalendars && random.below(4) > 0 ? { ...randomCalendar(random), pausing: true } : undefined)),
  });
}

/** The same rule, with a look at every order and machine in each step. */
function slowDispatch(problem: Problem, priority: string, plan: Plan): void {
  const data = routingData(problem);
  const times = new MachineTimes(problem, data);
  const shortest = (o: number): number => Math.min(...problem.alternativeDuration.subarray(problem.alternativeStart[o], problem.alternativeStart[o + 1]));
  const next = [...problem.orderStart.subarray(0, -1)];
  const ready = [...problem.release];
  const rank = (j: number): number => {
    let work = 0;
    for (let o = next[j] ?? 0; o < (problem.orderStart[j + 1] ?? 0); o++) work += shortest(o);
    const weight = problem.weight[j] ?? 0;
    if (priority === 'work') return -work;
    return priority === 'weight' ? work / weight : (Math.min(problem.due[j] ?? 0, 2 ** 50) - work) / Math.max(weight, 1e-9);
  };
  const placed: Placing[] = [];
  for (let step = 0; step < data.operations; step++) {
    const open = [...next.keys()].filter((j) => (next[j] ?? 0) < (problem.orderStart[j + 1] ?? 0));
    const found = open.map((j) => ({ j, ...times.earliest(next[j] ?? 0, ready[j] ?? 0) }));
    const best = found.reduce((a, b) => (b.start < a.start || (b.start === a.start && rank(b.j) < rank(a.j)) ? b : a));
    times.place(best);
    placed.push(best);
    ready[best.j] = best.end;
    next[best.j] = best.operation + 1;
  }
  placed.sort((a, b) => a.start - b.start || a.end - b.end || a.operation - b.operation);
  for (const [i, { operation, machine }] of placed.entries()) {
    plan.sequence[i] = operation;
    plan.machine[operation] = machine;
  }
}

it.each([
  [false, 2],
  [true, 2],
  [false, 40],
  [true, 40],
])('lays the operations that a look at every order in each step would lay, with calendars: %s, with families: %i', (hasCalendars, families) => {
  for (let seed = 1; seed <= 60; seed++) {
    const problem = shop(seed, 2 + (seed % 20), hasCalendars, families);
    const data = routingData(problem);
    for (const priority of dispatchPriorities) {
      const [plan, expected] = [emptyPlan(data.operations), emptyPlan(data.operations)];
      timedDispatch(problem, data, priority, plan);
      slowDispatch(problem, priority, expected);
      expect(plan, `seed ${seed}, ${priority}`).toEqual(expected);
    }
  }
});

it('lays out some 20,000 operations in seconds', () => {
  const problem = shop(1, 8_000, true);
  const data = routingData(problem);
  const began = performance.now();
  timedDispatch(problem, data, 'slack', emptyPlan(data.operations));
  expect(performance.now() - began).toBeLessThan(5_000);
});
