import type { DisjunctiveGraph } from './disjunctive-graph.ts';
import type { MoveList } from './move-list.ts';
import type { RandomStream } from '../random-stream.ts';
import { setupBetween } from './routing-data.ts';

/**
 * Critical operations onto another of their machines, at the places that can be best there (Mastrolilli and Gambardella, 2000,
 * doi:10.1002/(SICI)1099-1425(200001/02)3:1<3::AID-JOS32>3.0.CO;2-Y): not before an operation that only delays the start, not behind one that only
 * lengthens the rest. None of these places closes a cycle where durations are positive.
 */
export class InsertionMoves {
  readonly #graph: DisjunctiveGraph;
  readonly #random: RandomStream;

  constructor(graph: DisjunctiveGraph, random: RandomStream) {
    this.#graph = graph;
    this.#random = random;
  }

  /**
   * Adds the moves of critical operation `o` to machine `k`, another than its own; each tick that it takes longer there is priced at `workPrice`.
   * `earliest` is where o can stand at the earliest, see `EarliestPlaces`.
   */
  collect(o: number, k: number, earliest: number, workPrice: number, moves: MoveList): void {
    const { end, tail, duration, machineAfter, first, data } = this.#graph;
    const none = data.operations;
    const ticks = data.durationOn[o * data.machines + k] ?? 0;
    const price = workPrice * (ticks - (duration[o] ?? 0));
    const ready = end[data.orderBefore[o] ?? 0] ?? 0;
    const rest = tail[data.orderAfter[o] ?? 0] ?? 0;
    if (data.hasSetups) {
      this.#addAll(o, k, first[k] ?? none, ready, rest, ticks, price, moves);
      return;
    }
    let before = earliest;
    let next = (before < none ? machineAfter[before] : first[k]) ?? none;
    if (next === none || (tail[next] ?? 0) <= rest) {
      this.#addAnyFree(o, k, before, next, ready, rest, ticks, price, moves);
      return;
    }
    for (;;) {
      const free = end[before] ?? 0;
      const onward = tail[next] ?? 0;
      moves.add(o, k, before, none, (ready > free ? ready : free) + ticks + (rest > onward ? rest : onward), price);
      if (next === none || (tail[next] ?? 0) <= rest) return;
      before = next;
      next = machineAfter[next] ?? none;
    }
  }

  /** One of the places from `before` on where nothing on the machine delays o and o delays nothing, at random. */
  #addAnyFree(o: number, k: number, before: number, next: number, ready: number, rest: number, ticks: number, price: number, moves: MoveList): void {
    const { end, tail, machineAfter, data } = this.#graph;
    const none = data.operations;
    let places = 1;
    let chosen = before;
    let chosenNext = next;
    while (next < none && (end[next] ?? 0) <= ready) {
      before = next;
      next = machineAfter[next] ?? none;
      if (this.#random.below(++places) === 0) {
        chosen = before;
        chosenNext = next;
      }
    }
    const free = end[chosen] ?? 0;
    const onward = tail[chosenNext] ?? 0;
    moves.add(o, k, chosen, none, (ready > free ? ready : free) + ticks + (rest > onward ? rest : onward), price);
  }

  /** Every place on the machine: with setups none is worse than another for sure. Those that close a cycle are found out when they are tried. */
  #addAll(o: number, k: number, next: number, ready: number, rest: number, ticks: number, price: number, moves: MoveList): void {
    const { end, tail, machineAfter, data } = this.#graph;
    const none = data.operations;
    for (let before = none; ; before = next, next = machineAfter[next] ?? none) {
      const free = (end[before] ?? 0) + setupBetween(data, k, before, o);
      const onward = (tail[next] ?? 0) + setupBetween(data, k, o, next);
      moves.add(o, k, before, none, (ready > free ? ready : free) + ticks + (rest > onward ? rest : onward), price);
      if (next === none) return;
    }
  }
}
