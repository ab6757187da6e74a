import { describe, expect, it } from 'vitest';
import { RandomStream } from '../../../../worker/scheduling/random-stream.ts';
import { dispatchPlan } from '../../../../worker/scheduling/routings/dispatch-plan.ts';
import { DisjunctiveGraph } from '../../../../worker/scheduling/routings/disjunctive-graph.ts';
import { EarliestPlaces } from '../../../../worker/scheduling/routings/earliest-places.ts';
import { emptyPlan } from '../../../../worker/scheduling/routings/plan.ts';
import { routingData } from '../../../../worker/scheduling/routings/routing-data.ts';
import { randomRoutings } from '../random-routings.ts';

describe('the earliest place on a machine', () => {
  it('is found as by a walk from its beginning, whatever was sought before and has moved since', () => {
    for (let seed = 1; seed <= 60; seed++) {
      const random = new RandomStream(seed);
      const data = routingData(randomRoutings(seed, { flexible: true }));
      const plan = emptyPlan(data.operations);
      const graph = new DisjunctiveGraph(data);
      const places = new EarliestPlaces(graph);
      for (let i = 0; i < 100; i++) {
        if (i % 5 === 0) {
          dispatchPlan(data, random, 2, plan);
          graph.load(plan.machine, plan.sequence);
        }
        const k = random.below(data.machines);
        const [ready, rest] = [random.below(graph.makespan), random.below(graph.makespan)];
        let walked = data.operations;
        for (let x = graph.first[k] ?? 0; x < data.operations && (graph.end[x] ?? 0) <= ready && (graph.tail[x] ?? 0) > rest; x = graph.machineAfter[x] ?? 0) walked = x;
        expect(places.find(k, ready, rest)).toBe(walked);
      }
    }
  });
});
