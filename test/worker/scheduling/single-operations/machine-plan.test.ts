import { expect, it } from 'vitest';
import { type Objective, type Problem } from '../../../../worker/scheduling/problem.ts';
import { RandomStream } from '../../../../worker/scheduling/random-stream.ts';
import { bestDispatch } from '../../../../worker/scheduling/single-operations/best-dispatch.ts';
import { MachinePlan } from '../../../../worker/scheduling/single-operations/machine-plan.ts';
import { parallelWork } from '../../../../worker/scheduling/single-operations/parallel-work.ts';
import { scheduleOfSequences } from '../../../../worker/scheduling/single-operations/schedule-of-sequences.ts';
import { SequenceMoves } from '../../../../worker/scheduling/single-operations/sequence-moves.ts';
import { generatedShop } from './generated-shop.ts';

const objectives: Objective[] = ['tardiness', 'finish', 'setup', 'makespan'];

/** The shop with every third job locked at its start in a dispatched schedule. */
function withLocks(problem: Problem): Problem {
  const kept = scheduleOfSequences(parallelWork(problem), bestDispatch(parallelWork(problem)));
  return {
    ...problem,
    lockedMachine: kept.machine.map((machine, job) => (job % 3 === 0 ? machine : -1)),
    lockedStart: kept.start.map((start, job) => (job % 3 === 0 ? start : -1)),
  };
}

it.each(objectives.flatMap((objective) => [true, false].flatMap((pausing) => [false, true].map((locks) => [objective, pausing, locks] as const))))(
  'evaluates every move as the schedule that it leads to, objective %s, work that pauses: %s, locked starts: %s',
  (objective, pausing, locks) => {
    const shop = generatedShop(40, 6, 11, objective, pausing);
    const work = parallelWork(locks ? withLocks(shop) : shop);
    const plan = new MachinePlan(work);
    plan.load(bestDispatch(work));
    const moves = new SequenceMoves(plan, new RandomStream(12));
    let made = 0;
    for (let i = 0; i < 800; i++) {
      const changes = moves.propose();
      const { a, b, list } = moves;
      let cost = changes > 0 ? plan.evaluate(a.machine, a.from, a.to, list, a.first, a.count, Infinity) : Infinity;
      const ends = [plan.newEnd];
      if (changes === 2) {
        cost += plan.evaluate(b.machine, b.from, b.to, list, b.first, b.count, Infinity);
        ends.push(plan.newEnd);
      }
      if (cost === Infinity) continue;
      const before = plan.machineCost.reduce((sum, each) => sum + each, 0);
      plan.replace(a.machine, a.from, a.to, list, a.first, a.count);
      if (changes === 2) plan.replace(b.machine, b.from, b.to, list, b.first, b.count);
      const found = scheduleOfSequences(work, plan.sequences());
      // The makespan is no sum over jobs.
      expect(before + cost).toBe(objective === 'makespan' ? 0 : found.objective);
      expect(Math.max(...plan.machineEnd)).toBe(found.makespan);
      expect([plan.machineEnd[a.machine], ...(changes === 2 ? [plan.machineEnd[b.machine]] : [])]).toEqual(ends);
      made++;
    }
    expect(made).toBeGreaterThan(200);
  },
);
