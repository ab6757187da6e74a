import type { DisjunctiveGraph } from './disjunctive-graph.ts';

/**
 * Finds where on a machine an operation can stand at the earliest without delaying what has more to come: ends rise and tails fall along a machine,
 * so the place is sought from the one found last, which for operations along a path is near.
 */
export class EarliestPlaces {
  readonly #graph: DisjunctiveGraph;
  /** Per machine: the operation found last. */
  readonly #last: Int32Array;

  constructor(graph: DisjunctiveGraph) {
    this.#graph = graph;
    this.#last = new Int32Array(graph.data.machines).fill(graph.data.operations);
  }

  /** The last operation on machine `k` that ends by `ready` and has a tail above `rest`; N where there is none. */
  find(k: number, ready: number, rest: number): number {
    const { end, tail, machine, machineBefore, machineAfter, first, data } = this.#graph;
    const none = data.operations;
    let x = this.#last[k] ?? none;
    // It may have moved since.
    if (x < none && machine[x] !== k) x = none;
    while (x < none && ((end[x] ?? 0) > ready || (tail[x] ?? 0) <= rest)) x = machineBefore[x] ?? none;
    let next = (x < none ? machineAfter[x] : first[k]) ?? none;
    while (next < none && (end[next] ?? 0) <= ready && (tail[next] ?? 0) > rest) {
      x = next;
      next = machineAfter[x] ?? none;
    }
    this.#last[k] = x;
    return x;
  }
}
