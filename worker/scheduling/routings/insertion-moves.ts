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

  /** Adds the moves of the operations on a critical path of `length` operations; each tick that one takes longer on its new machine is priced at `workPrice`. */
  collect(path: Int32Array, length: number, workPrice: number, moves: MoveList): void {
    const { machine, duration, data } = this.#graph;
    const { durationOn, machines } = data;
    for (let i = 0; i < length; i++) {
      const o = path[i] ?? 0;
      const from = data.eligibleStart[o] ?? 0;
      const to = data.eligibleStart[o + 1] ?? 0;
      if (to - from < 2) continue;
      for (let a = from; a < to; a++) {
        const k = data.eligible[a] ?? 0;
        if (k === machine[o]) continue;
        const ticks = durationOn[o * machines + k] ?? 0;
        this.#collectOn(o, k, ticks + workPrice * (ticks - (duration[o] ?? 0)), moves);
      }
    }
  }

  /** `priced` are the ticks that o takes there and the price of what changes. */
  #collectOn(o: number, k: number, priced: number, moves: MoveList): void {
    const { end, tail, machineAfter, first, data } = this.#graph;
    const none = data.operations;
    const ready = end[data.orderBefore[o] ?? 0] ?? 0;
    const rest = tail[data.orderAfter[o] ?? 0] ?? 0;
    let before = none;
    let next = first[k] ?? none;
    if (data.hasSetups) {
      this.#addAll(o, k, next, ready, rest, priced, moves);
      return;
    }
    // Operations that end before o is ready and have a long rest come first; o stands behind them at no cost.
    while (next < none && (end[next] ?? 0) <= ready && (tail[next] ?? 0) > rest) {
      before = next;
      next = machineAfter[next] ?? none;
    }
    if (next === none || (tail[next] ?? 0) <= rest) {
      this.#addAnyFree(o, k, before, next, ready, rest, priced, moves);
      return;
    }
    for (;;) {
      const free = end[before] ?? 0;
      const onward = tail[next] ?? 0;
      moves.add(o, k, before, none, (ready > free ? ready : free) + priced + (rest > onward ? rest : onward));
      if (next === none || (tail[next] ?? 0) <= rest) return;
      before = next;
      next = machineAfter[next] ?? none;
    }
  }

  /** One of the places from `before` on where nothing on the machine delays o and o delays nothing, at random. */
  #addAnyFree(o: number, k: number, before: number, next: number, ready: number, rest: number, priced: number, moves: MoveList): void {
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
    moves.add(o, k, chosen, none, (ready > free ? ready : free) + priced + (rest > onward ? rest : onward));
  }

  /** Every place on the machine: with setups none is worse than another for sure. Those that close a cycle are found out when they are tried. */
  #addAll(o: number, k: number, next: number, ready: number, rest: number, priced: number, moves: MoveList): void {
    const { end, tail, machineAfter, data } = this.#graph;
    const none = data.operations;
    for (let before = none; ; before = next, next = machineAfter[next] ?? none) {
      const free = (end[before] ?? 0) + setupBetween(data, k, before, o);
      const onward = (tail[next] ?? 0) + setupBetween(data, k, o, next);
      moves.add(o, k, before, none, (ready > free ? ready : free) + priced + (rest > onward ? rest : onward));
      if (next === none) return;
    }
  }
}
