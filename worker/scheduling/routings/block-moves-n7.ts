import type { DisjunctiveGraph } from './disjunctive-graph.ts';
import type { MoveList } from './move-list.ts';
import { setupBetween } from './routing-data.ts';

/**
 * The neighbourhood N7 (Zhang, Li, Guan, Rao, 2007, doi:10.1016/j.cor.2005.12.002) of a critical path: in each block of operations that follow each other on
 * one machine, any operation right behind the block's last or before its first (N6: Balas and Vazacopoulos, 1998, doi:10.1287/mnsc.44.2.262),
 * and the first or last one inside. Only moves that cannot close a cycle by Balas and Vazacopoulos' conditions.
 */
export class BlockMovesN7 {
  readonly #graph: DisjunctiveGraph;
  /** New ends and tails of the operations between the old and the new place. */
  readonly #ends: Int32Array;
  readonly #segment: Int32Array;

  constructor(graph: DisjunctiveGraph) {
    this.#graph = graph;
    this.#ends = new Int32Array(graph.data.operations + 1);
    this.#segment = new Int32Array(graph.data.operations + 1);
  }

  /** Adds the moves of the block that begins at `from` on the critical path in `path` from `begin` to its end, those worse than `moves.least` left out; returns where the next block begins. */
  collect(path: Int32Array, begin: number, from: number, moves: MoveList): number {
    const { machineAfter } = this.#graph;
    const end = path.length;
    let to = from;
    while (to + 1 < end && machineAfter[path[to] ?? 0] === path[to + 1]) to++;
    if (to > from) this.#collectBlock(path, from, to, from === begin, to === end - 1, moves);
    return to + 1;
  }

  #collectBlock(path: Int32Array, from: number, to: number, isFirst: boolean, isLast: boolean, moves: MoveList): void {
    const first = path[from] ?? 0;
    const last = path[to] ?? 0;
    if (to === from + 1) {
      this.#moveLater(first, last, moves);
      return;
    }
    const plain = !this.#graph.data.hasSetups;
    // Without setups, nothing is gained by changing only the front of the first block or only the rear of the last one.
    const front = !(plain && isFirst);
    const rear = !(plain && isLast);
    if (rear) for (let i = from; i < to; i++) this.#moveLater(path[i] ?? 0, last, moves);
    if (front) for (let i = from + (rear && to === from + 1 ? 2 : 1); i <= to; i++) this.#moveEarlier(path[i] ?? 0, first, moves);
    if (front) for (let i = from + 1; i < to; i++) this.#moveLater(first, path[i] ?? 0, moves);
    if (rear) for (let i = from + 1; i < to; i++) this.#moveEarlier(last, path[i] ?? 0, moves);
  }

  /** `u` right behind `v`, which runs later on the same machine. */
  #moveLater(u: number, v: number, moves: MoveList): void {
    const { end, tail, duration, machineBefore, machineAfter, setup, machine, data } = this.#graph;
    const { orderBefore, orderAfter } = data;
    const afterU = orderAfter[u] ?? 0;
    // The next of u's order, or a path from it to v, would close a cycle.
    if (afterU === v || (afterU < data.operations && (tail[v] ?? 0) < (tail[afterU] ?? 0))) return;
    const { least } = moves;
    const ends = this.#ends;
    const segment = this.#segment;
    const k = machine[u] ?? 0;
    let before = machineBefore[u] ?? 0;
    let free = end[before] ?? 0;
    let count = 0;
    for (let x = machineAfter[u] ?? 0; ; x = machineAfter[x] ?? 0) {
      const ready = end[orderBefore[x] ?? 0] ?? 0;
      free += count === 0 ? setupBetween(data, k, before, x) : (setup[x] ?? 0);
      free = (ready > free ? ready : free) + (duration[x] ?? 0);
      ends[count] = free;
      segment[count++] = x;
      before = x;
      if (x === v) break;
    }
    const durationU = duration[u] ?? 0;
    const readyU = end[orderBefore[u] ?? 0] ?? 0;
    free += setupBetween(data, k, v, u);
    const endU = (readyU > free ? readyU : free) + durationU;
    const next = machineAfter[v] ?? 0;
    const nextTail = (tail[next] ?? 0) + setupBetween(data, k, u, next);
    const inOrder = tail[afterU] ?? 0;
    let rest = (inOrder > nextTail ? inOrder : nextTail) + durationU;
    let estimate = endU + rest - durationU;
    if (estimate > least) return;
    let toNext = setupBetween(data, k, v, u);
    for (let i = count - 1; i >= 0; i--) {
      const x = segment[i] ?? 0;
      const own = tail[orderAfter[x] ?? 0] ?? 0;
      rest += toNext;
      if (own > rest) rest = own;
      const through = (ends[i] ?? 0) + rest;
      if (through > least) return;
      if (through > estimate) estimate = through;
      rest += duration[x] ?? 0;
      toNext = setup[x] ?? 0;
    }
    moves.add(u, k, v, v, estimate);
  }

  /** `v` right before `u`, which runs earlier on the same machine. */
  #moveEarlier(v: number, u: number, moves: MoveList): void {
    const { end, tail, duration, machineBefore, machineAfter, setup, machine, data } = this.#graph;
    const { orderBefore, orderAfter } = data;
    const beforeV = orderBefore[v] ?? 0;
    // The one before v in its order, or a path from u to it, would close a cycle.
    if (beforeV === u || (beforeV < data.operations && (end[u] ?? 0) < (end[beforeV] ?? 0))) return;
    const { least } = moves;
    const ends = this.#ends;
    const segment = this.#segment;
    const k = machine[u] ?? 0;
    const before = machineBefore[u] ?? 0;
    const readyV = end[beforeV] ?? 0;
    let free = (end[before] ?? 0) + setupBetween(data, k, before, v);
    const durationV = duration[v] ?? 0;
    free = (readyV > free ? readyV : free) + durationV;
    const startV = free - durationV;
    let count = 0;
    for (let x = u; x !== v; x = machineAfter[x] ?? 0) {
      const ready = end[orderBefore[x] ?? 0] ?? 0;
      free += count === 0 ? setupBetween(data, k, v, x) : (setup[x] ?? 0);
      free = (ready > free ? ready : free) + (duration[x] ?? 0);
      ends[count] = free;
      segment[count++] = x;
    }
    const last = segment[count - 1] ?? 0;
    const next = machineAfter[v] ?? 0;
    let rest = tail[next] ?? 0;
    let toNext = setupBetween(data, k, last, next);
    let estimate = 0;
    for (let i = count - 1; i >= 0; i--) {
      const x = segment[i] ?? 0;
      const own = tail[orderAfter[x] ?? 0] ?? 0;
      rest += toNext;
      if (own > rest) rest = own;
      const through = (ends[i] ?? 0) + rest;
      if (through > least) return;
      if (through > estimate) estimate = through;
      rest += duration[x] ?? 0;
      toNext = setup[x] ?? 0;
    }
    rest += setupBetween(data, k, v, u);
    const own = tail[orderAfter[v] ?? 0] ?? 0;
    if (own > rest) rest = own;
    const through = startV + durationV + rest;
    if (through > estimate) estimate = through;
    moves.add(v, k, before, u, estimate);
  }
}
