import { describe, expect, it } from 'vitest';
import { RandomStream } from '../../../../worker/scheduling/random-stream.ts';
import { dispatchPlan } from '../../../../worker/scheduling/routings/dispatch-plan.ts';
import { DisjunctiveGraph } from '../../../../worker/scheduling/routings/disjunctive-graph.ts';
import { EarliestPlaces } from '../../../../worker/scheduling/routings/earliest-places.ts';
import { InsertionMoves } from '../../../../worker/scheduling/routings/insertion-moves.ts';
import { MoveList } from '../../../../worker/scheduling/routings/move-list.ts';
import { emptyPlan } from '../../../../worker/scheduling/routings/plan.ts';
import { routingData } from '../../../../worker/scheduling/routings/routing-data.ts';
import { randomRoutings } from '../random-routings.ts';

/** The insertion moves of operation `o` onto its other machines, without a price of work, that are worth no more than `least`. */
function movesOf(graph: DisjunctiveGraph, o: number, least = Infinity): MoveList {
  const { end, tail, data } = graph;
  const places = new EarliestPlaces(graph);
  const moves = new MoveList();
  moves.least = least;
  for (const k of data.eligible.subarray(data.eligibleStart[o], data.eligibleStart[o + 1])) {
    if (k === graph.machine[o]) continue;
    const insertions = new InsertionMoves(graph, new RandomStream(1));
    insertions.collect(o, k, places.find(k, end[data.orderBefore[o] ?? 0] ?? 0, tail[data.orderAfter[o] ?? 0] ?? 0), 0, moves);
  }
  return moves;
}

describe('insertion moves without setups', () => {
  // Mastrolilli and Gambardella (2000): heads and tails of the schedule as it is only overstate those without the operation
  it('close no cycle, lead to no longer makespan than estimated or before, and to none shorter than the path that is left', () => {
    let seen = 0;
    for (let seed = 1; seed <= 150; seed++) {
      const data = routingData(randomRoutings(seed, { flexible: true, releases: seed % 2 === 0 }));
      const plan = emptyPlan(data.operations);
      dispatchPlan(data, new RandomStream(seed), 2, plan);
      const graph = new DisjunctiveGraph(data);
      for (let o = 0; o < data.operations; o++) {
        graph.load(plan.machine, plan.sequence);
        const before = graph.makespan;
        const { operation, machine, before: place, estimate, price, count } = movesOf(graph, o);
        for (let i = 0; i < count; i++) {
          graph.load(plan.machine, plan.sequence);
          expect(graph.move(operation[i] ?? 0, machine[i] ?? 0, place[i] ?? 0), `seed ${seed}, operation ${o}`).toBe(true);
          expect(graph.makespan).toBeLessThanOrEqual(Math.max(before, estimate[i] ?? 0));
          expect(graph.makespan).toBeGreaterThanOrEqual((price[i] ?? 0) < 0 ? (estimate[i] ?? 0) : 0);
          seen++;
        }
      }
    }
    expect(seen).toBeGreaterThan(200);
  });

  it('are left out where they are worth more than the best so far, and only then', () => {
    for (let seed = 1; seed <= 150; seed++) {
      const data = routingData(randomRoutings(seed, { flexible: true, setups: seed % 2 === 0 }));
      const plan = emptyPlan(data.operations);
      dispatchPlan(data, new RandomStream(seed), 2, plan);
      const graph = new DisjunctiveGraph(data);
      graph.load(plan.machine, plan.sequence);
      for (let o = 0; o < data.operations; o++) {
        const values = valuesOf(movesOf(graph, o));
        for (const least of values) expect(valuesOf(movesOf(graph, o, least)), `seed ${seed}, operation ${o}`).toEqual(values.filter((value) => value <= least));
      }
    }
  });
});

function valuesOf({ estimate, price, count }: MoveList): number[] {
  return Array.from({ length: count }, (_, i) => (estimate[i] ?? 0) + (price[i] ?? 0));
}
