import type { DisjunctiveGraph } from './disjunctive-graph.ts';
import type { Plan } from './plan.ts';
import type { RandomStream } from '../random-stream.ts';

/** When each operation starts in a plan, between its earliest (slack 0) and its latest (slack 1) start. */
export function startsOf(graph: DisjunctiveGraph, plan: Plan, slack: number, starts: Float64Array): void {
  graph.load(plan.machine, plan.sequence);
  for (let o = 0; o < starts.length; o++) {
    const earliest = (graph.end[o] ?? 0) - (graph.duration[o] ?? 0);
    starts[o] = earliest + slack * (graph.makespan - (graph.tail[o] ?? 0) - earliest);
  }
}

/**
 * A plan on the way from one plan to another: operations in the order of the weighted mean of their starts in both, each on its machine in one of
 * them. Both respect the orders' sequences, hence so does the mean: no repair is needed, and what both agree on stays.
 */
export class PathRelinking {
  readonly #graph: DisjunctiveGraph;
  readonly #random: RandomStream;
  readonly #from: Float64Array;
  readonly #to: Float64Array;

  constructor(graph: DisjunctiveGraph, random: RandomStream) {
    this.#graph = graph;
    this.#random = random;
    this.#from = new Float64Array(graph.data.operations);
    this.#to = new Float64Array(graph.data.operations);
  }

  /** Writes to `child` the plan at `share` (0 to 1) of the way. */
  between(from: Plan, to: Plan, share: number, child: Plan): void {
    const random = this.#random;
    startsOf(this.#graph, from, random.unit(), this.#from);
    startsOf(this.#graph, to, random.unit(), this.#to);
    const key = this.#from;
    for (let o = 0; o < key.length; o++) {
      key[o] = (1 - share) * (key[o] ?? 0) + share * (this.#to[o] ?? 0);
      child.machine[o] = (random.unit() < share ? to.machine[o] : from.machine[o]) ?? 0;
      child.sequence[o] = o;
    }
    // Operations are numbered along their orders: equal keys of zero durations stay in a possible order.
    child.sequence.sort((a, b) => (key[a] ?? 0) - (key[b] ?? 0) || a - b);
  }
}
