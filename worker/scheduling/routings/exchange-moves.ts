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

  /**
   * Adds the exchanges of critical operation `o` with operations of machine `k`, another than its own, whose estimated paths are no longer than `limit`; work that
   * they add is priced at `workPrice`. `earliest` is where o can stand at the earliest, see `EarliestPlaces`.
   */
  collect(o: number, k: number, earliest: number, workPrice: number, limit: number, moves: MoveList): void {
    const { end, tail, duration, machine, machineBefore, machineAfter, first, data } = this.#graph;
    const { orderBefore, orderAfter, durationOn, machines, operations: none } = data;
    const own = machine[o] ?? 0;
    const ownBefore = machineBefore[o] ?? 0;
    const ownAfter = machineAfter[o] ?? 0;
    const ready = end[orderBefore[o] ?? 0] ?? 0;
    const rest = tail[orderAfter[o] ?? 0] ?? 0;
    const ticks = durationOn[o * machines + k] ?? 0;
    if (ready + ticks + rest > limit) return;
    // Back to the place from which what follows on the machine is not too long, and on from there to where what goes before is.
    let before = earliest;
    let after = (before < none ? machineAfter[before] : first[k]) ?? none;
    while (before < none && ready + ticks + (tail[after] ?? 0) <= limit) {
      after = before;
      before = machineBefore[before] ?? none;
    }
    for (let x = after; x < none; before = x, x = after) {
      const free = (end[before] ?? 0) + setupBetween(data, k, before, o);
      const start = ready > free ? ready : free;
      if (start + ticks + rest > limit) return;
      after = machineAfter[x] ?? none;
      const onward = (tail[after] ?? 0) + setupBetween(data, k, o, after);
      const path = start + ticks + (rest > onward ? rest : onward);
      if (path > limit) continue;
      const ticksX = durationOn[x * machines + own] ?? 0;
      const readyX = end[orderBefore[x] ?? 0] ?? 0;
      const restX = tail[orderAfter[x] ?? 0] ?? 0;
      const freeX = (end[ownBefore] ?? 0) + setupBetween(data, own, ownBefore, x);
      const onwardX = (tail[ownAfter] ?? 0) + setupBetween(data, own, x, ownAfter);
      const pathX = (readyX > freeX ? readyX : freeX) + ticksX + (restX > onwardX ? restX : onwardX);
      // Infinite where x cannot run there.
      if (pathX > limit || pathX === Infinity) continue;
      const added = ticks + ticksX - (duration[o] ?? 0) - (duration[x] ?? 0);
      moves.add(o, k, before, none, path > pathX ? path : pathX, workPrice * added, x);
    }
  }
}
