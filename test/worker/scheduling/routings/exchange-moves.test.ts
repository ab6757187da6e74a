import { describe, expect, it } from 'vitest';
import { RandomStream } from '../../../../worker/scheduling/random-stream.ts';
import { dispatchPlan } from '../../../../worker/scheduling/routings/dispatch-plan.ts';
import { DisjunctiveGraph } from '../../../../worker/scheduling/routings/disjunctive-graph.ts';
import { EarliestPlaces } from '../../../../worker/scheduling/routings/earliest-places.ts';
import { ExchangeMoves } from '../../../../worker/scheduling/routings/exchange-moves.ts';
import { MoveList } from '../../../../worker/scheduling/routings/move-list.ts';
import { emptyPlan } from '../../../../worker/scheduling/routings/plan.ts';
import { type RoutingData, routingData } from '../../../../worker/scheduling/routings/routing-data.ts';
import { randomRoutings } from '../random-routings.ts';

function graphOf(data: RoutingData, seed: number): DisjunctiveGraph {
  const plan = emptyPlan(data.operations);
  dispatchPlan(data, new RandomStream(seed), 2, plan);
  const graph = new DisjunctiveGraph(data);
  graph.load(plan.machine, plan.sequence);
  return graph;
}

/** The partners of operation `o` in exchanges of a path up to `limit`, with their estimates. */
function exchangesOf(graph: DisjunctiveGraph, o: number, limit: number): { partner: number; estimate: number }[] {
  const { end, tail, machine, data } = graph;
  const places = new EarliestPlaces(graph);
  const exchanges = new ExchangeMoves(graph);
  const moves = new MoveList();
  for (const k of data.eligible.subarray(data.eligibleStart[o], data.eligibleStart[o + 1])) {
    if (k === machine[o]) continue;
    exchanges.collect(o, k, places.find(k, end[data.orderBefore[o] ?? 0] ?? 0, tail[data.orderAfter[o] ?? 0] ?? 0), 0, limit, moves);
  }
  return Array.from({ length: moves.count }, (_, i) => ({ partner: moves.partner[i] ?? -1, estimate: moves.estimate[i] ?? 0 }));
}

describe('exchange moves', () => {
  it('are with every operation of the other machines that can run on the own one, and with no other', () => {
    for (let seed = 1; seed <= 150; seed++) {
      const data = routingData(randomRoutings(seed, { flexible: true, setups: seed % 2 === 0 }));
      const graph = graphOf(data, seed);
      for (let o = 0; o < data.operations; o++) {
        const on = (x: number, k: number): boolean => (data.durationOn[x * data.machines + k] ?? Infinity) < Infinity;
        const [own, all] = [graph.machine[o] ?? 0, [...graph.sequence.keys()]];
        const possible = all.filter((x) => graph.machine[x] !== own && on(o, graph.machine[x] ?? 0) && on(x, own));
        expect(exchangesOf(graph, o, Infinity).map(({ partner }) => partner).toSorted((a, b) => a - b), `seed ${seed}, operation ${o}`).toEqual(possible);
      }
    }
  });

  it('are left out where their paths are longer than the limit, and only then', () => {
    for (let seed = 1; seed <= 150; seed++) {
      const data = routingData(randomRoutings(seed, { flexible: true, releases: seed % 2 === 0 }));
      const graph = graphOf(data, seed);
      for (let o = 0; o < data.operations; o++) {
        const all = exchangesOf(graph, o, Infinity);
        for (const { estimate: limit } of all) expect(exchangesOf(graph, o, limit), `seed ${seed}, operation ${o}`).toEqual(all.filter(({ estimate }) => estimate <= limit));
      }
    }
  });
});
