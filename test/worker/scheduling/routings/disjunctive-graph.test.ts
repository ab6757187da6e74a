import { describe, expect, it } from 'vitest';
import { RandomStream } from '../../../../worker/scheduling/random-stream.ts';
import { dispatchPlan } from '../../../../worker/scheduling/routings/dispatch-plan.ts';
import { DisjunctiveGraph } from '../../../../worker/scheduling/routings/disjunctive-graph.ts';
import { emptyPlan } from '../../../../worker/scheduling/routings/plan.ts';
import { routingData } from '../../../../worker/scheduling/routings/routing-data.ts';
import { type Features, randomRoutings } from '../random-routings.ts';

const mixes: Features[] = [{}, { flexible: true }, { flexible: true, releases: true, setups: true }];

function loaded(seed: number, features: Features): { graph: DisjunctiveGraph; random: RandomStream } {
  const random = new RandomStream(seed);
  const data = routingData(randomRoutings(seed, features));
  const plan = emptyPlan(data.operations);
  dispatchPlan(data, random, 1, plan);
  const graph = new DisjunctiveGraph(data);
  graph.load(plan.machine, plan.sequence);
  return { graph, random };
}

/** What a graph says of its schedule; the topological order may differ. */
function contentOf(graph: DisjunctiveGraph): Record<string, unknown> {
  const { data, makespan, ...rest } = graph;
  const of = ({ end, tail, setup, machine, duration, machineBefore, machineAfter }: typeof rest): Int32Array[] =>
    [end, tail, setup, machine, duration, machineBefore, machineAfter].map((values) => values.slice(0, data.operations));
  return { makespan, first: [...graph.first], values: of(rest) };
}

/** The content of a graph that is built anew from the same plan. */
function rebuilt(graph: DisjunctiveGraph): Record<string, unknown> {
  const fresh = new DisjunctiveGraph(graph.data);
  fresh.load(graph.machine, graph.sequence);
  return contentOf(fresh);
}

/** A machine of an operation at random, and a place on it. */
function randomPlace(graph: DisjunctiveGraph, random: RandomStream, o: number): { k: number; before: number } {
  const { eligible, eligibleStart, operations } = graph.data;
  const from = eligibleStart[o] ?? 0;
  const k = eligible[from + random.below((eligibleStart[o + 1] ?? 0) - from)] ?? 0;
  const places = [operations];
  for (let x = 0; x < operations; x++) if (x !== o && graph.machine[x] === k) places.push(x);
  return { k, before: places[random.below(places.length)] ?? operations };
}

describe('the disjunctive graph', () => {
  it.each(mixes)('after moves is what it would be if built from its plan, and unchanged by those that close a cycle: %o', (features) => {
    for (let seed = 1; seed <= 60; seed++) {
      const { graph, random } = loaded(seed, features);
      for (let i = 0; i < 20; i++) {
        const o = random.below(graph.data.operations);
        const { k, before } = randomPlace(graph, random, o);
        const was = contentOf(graph);
        const isMade = graph.move(o, k, before);
        expect(contentOf(graph)).toEqual(isMade ? rebuilt(graph) : was);
      }
    }
  });

  it.each(mixes.slice(1))('after exchanges too, with each operation on the machine of the other: %o', (features) => {
    let made = 0;
    for (let seed = 1; seed <= 120; seed++) {
      const { graph, random } = loaded(seed, features);
      const { durationOn, machines, operations } = graph.data;
      for (let i = 0; i < 20; i++) {
        const [o, x] = [random.below(operations), random.below(operations)];
        const [k, l] = [graph.machine[o] ?? 0, graph.machine[x] ?? 0];
        if (k === l || durationOn[o * machines + l] === Infinity || durationOn[x * machines + k] === Infinity) continue;
        const was = contentOf(graph);
        const isMade = graph.exchange(o, x);
        if (isMade) made++;
        expect([graph.machine[o], graph.machine[x]]).toEqual(isMade ? [l, k] : [k, l]);
        expect(contentOf(graph)).toEqual(isMade ? rebuilt(graph) : was);
      }
    }
    expect(made).toBeGreaterThan(50);
  });
});
