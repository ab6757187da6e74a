import type { DisjunctiveGraph } from './disjunctive-graph.ts';

/** Entries of the table of pairs; a power of 2, so large that two pairs seldom share one. */
const pairEntries = 2 ** 16;

/**
 * What a tabu search must not undo for some iterations: a pair of operations that one move turned round is not turned back by a move that ends
 * right there, an operation that left a machine does not return to it.
 */
export class TabuList {
  readonly #graph: DisjunctiveGraph;
  /** The iteration until which one operation may not come to run right before another. */
  readonly #pairUntil = new Int32Array(pairEntries);
  /** The same for operation o on machine k, at o · machines + k. */
  readonly #machineUntil: Int32Array;

  constructor(graph: DisjunctiveGraph) {
    this.#graph = graph;
    this.#machineUntil = new Int32Array(graph.data.operations * graph.data.machines);
  }

  clear(): void {
    this.#pairUntil.fill(0);
    this.#machineUntil.fill(0);
  }

  /** True where moving `o` to machine `k` (`passed` N), or past all operations up to `passed`, is forbidden in this iteration; of those that it passes the last one decides. */
  forbids(o: number, k: number, passed: number, iteration: number): boolean {
    const { position, data } = this.#graph;
    if (passed === data.operations) return (this.#machineUntil[o * data.machines + k] ?? 0) > iteration;
    const isLater = (position[passed] ?? 0) > (position[o] ?? 0);
    return (this.#pairUntil[isLater ? pair(passed, o) : pair(o, passed)] ?? 0) > iteration;
  }

  /** Forbids what would undo this move until an iteration; to be called before the move is made. */
  add(o: number, passed: number, until: number): void {
    const { machine, machineAfter, machineBefore, position, data } = this.#graph;
    const pairUntil = this.#pairUntil;
    if (passed === data.operations) this.#machineUntil[o * data.machines + (machine[o] ?? 0)] = until;
    else if ((position[passed] ?? 0) > (position[o] ?? 0)) for (let x = passed; x !== o; x = machineBefore[x] ?? 0) pairUntil[pair(o, x)] = until;
    else for (let x = passed; x !== o; x = machineAfter[x] ?? 0) pairUntil[pair(x, o)] = until;
  }
}

function pair(first: number, second: number): number {
  return ((Math.imul(first, 40_503) + Math.imul(second, 0x9e3779b1)) >>> 16) & (pairEntries - 1);
}
