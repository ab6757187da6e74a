import type { DisjunctiveGraph } from './disjunctive-graph.ts';
import type { MoveList } from './move-list.ts';
import { setupBetween } from './routing-data.ts';

/**
 * Critical operations in exchange with operations of their other machines, each in the place of the other. Where all machines are full, putting an operation
 * onto another one only moves the excess there; an exchange moves no more than the difference of two durations.
 */
export class ExchangeMoves {
  readonly #graph: DisjunctiveGraph;

  constructor(graph: DisjunctiveGraph) {
    this.#graph = graph;
  }

  /** Adds the exchanges of the operations on a critical path of `length` operations whose estimated paths are no longer; work that they add is priced at `workPrice`. */
  collect(path: Int32Array, length: number, workPrice: number, moves: MoveList): void {
    const { machine, data } = this.#graph;
    for (let i = 0; i < length; i++) {
      const o = path[i] ?? 0;
      const from = data.eligibleStart[o] ?? 0;
      const to = data.eligibleStart[o + 1] ?? 0;
      if (to - from < 2) continue;
      for (let a = from; a < to; a++) {
        const k = data.eligible[a] ?? 0;
        if (k !== machine[o]) this.#collectOn(o, k, workPrice, moves);
      }
    }
  }

  #collectOn(o: number, k: number, workPrice: number, moves: MoveList): void {
    const { end, tail, duration, machine, machineBefore, machineAfter, first, makespan, data } = this.#graph;
    const { orderBefore, orderAfter, durationOn, machines, operations: none } = data;
    const own = machine[o] ?? 0;
    const ownBefore = machineBefore[o] ?? 0;
    const ownAfter = machineAfter[o] ?? 0;
    const ready = end[orderBefore[o] ?? 0] ?? 0;
    const rest = tail[orderAfter[o] ?? 0] ?? 0;
    const ticks = durationOn[o * machines + k] ?? 0;
    let before = none;
    let after = none;
    for (let x = first[k] ?? none; x < none; before = x, x = after) {
      after = machineAfter[x] ?? none;
      const free = (end[before] ?? 0) + setupBetween(data, k, before, o);
      const start = ready > free ? ready : free;
      // Places further on only delay o more.
      if (start + ticks + rest > makespan) return;
      const onward = (tail[after] ?? 0) + setupBetween(data, k, o, after);
      const through = start + ticks + (rest > onward ? rest : onward);
      if (through > makespan) continue;
      const ticksX = durationOn[x * machines + own] ?? 0;
      const readyX = end[orderBefore[x] ?? 0] ?? 0;
      const restX = tail[orderAfter[x] ?? 0] ?? 0;
      const freeX = (end[ownBefore] ?? 0) + setupBetween(data, own, ownBefore, x);
      const onwardX = (tail[ownAfter] ?? 0) + setupBetween(data, own, x, ownAfter);
      const throughX = (readyX > freeX ? readyX : freeX) + ticksX + (restX > onwardX ? restX : onwardX);
      if (throughX > makespan) continue;
      const added = ticks + ticksX - (duration[o] ?? 0) - (duration[x] ?? 0);
      moves.add(o, k, before, none, (through > throughX ? through : throughX) + workPrice * added, x);
    }
  }
}
