import type { DisjunctiveGraph } from './disjunctive-graph.ts';
import type { MoveList } from './move-list.ts';
import type { RandomStream } from '../random-stream.ts';
import { setupBetween } from './routing-data.ts';

/**
 * Critical operations onto another of their machines, at the places that can be best there (Mastrolilli and Gambardella, 2000,
 * doi:10.1002/(SICI)1099-1425(200001/02)3:1<3::AID-JOS32>3.0.CO;2-Y): not before an operation that only delays the start, not behind one that only
 * lengthens the rest. None of these places closes a cycle where durations are positive. The estimate is the longer one of the paths through the operation and through
 * the two that it leaves.
 */
export class InsertionMoves {
  readonly #graph: DisjunctiveGraph;
  readonly #random: RandomStream;
  // Of the operation and the machine that moves are being added for.
  #operation = 0;
  #machine = 0;
  #ready = 0;
  #rest = 0;
  #ticks = 0;
  #price = 0;
  /** The path through the two operations that stay behind. */
  #left = 0;

  constructor(graph: DisjunctiveGraph, random: RandomStream) {
    this.#graph = graph;
    this.#random = random;
  }

  /**
   * Adds the moves of critical operation `o` to machine `k`, another than its own; each tick that it takes longer there is priced at `workPrice`.
   * `earliest` is where o can stand at the earliest, see `EarliestPlaces`.
   */
  collect(o: number, k: number, earliest: number, workPrice: number, moves: MoveList): void {
    const { end, tail, duration, machine, machineBefore, machineAfter, first, data } = this.#graph;
    const none = data.operations;
    const leftBefore = machineBefore[o] ?? 0;
    const leftAfter = machineAfter[o] ?? 0;
    const ready = end[data.orderBefore[o] ?? 0] ?? 0;
    const rest = tail[data.orderAfter[o] ?? 0] ?? 0;
    const ticks = data.durationOn[o * data.machines + k] ?? 0;
    this.#operation = o;
    this.#machine = k;
    this.#ready = ready;
    this.#rest = rest;
    this.#ticks = ticks;
    this.#price = workPrice * (ticks - (duration[o] ?? 0));
    this.#left = (end[leftBefore] ?? 0) + setupBetween(data, machine[o] ?? 0, leftBefore, leftAfter) + (tail[leftAfter] ?? 0);
    // The least that a place can be worth, by what `#add` says.
    if ((ready + ticks + rest + this.#left) / 2 + this.#price > moves.least) return;
    if (data.hasSetups) {
      this.#addAll(first[k] ?? none, moves);
      return;
    }
    let before = earliest;
    let next = (before < none ? machineAfter[before] : first[k]) ?? none;
    if (next === none || (tail[next] ?? 0) <= rest) {
      this.#addAnyFree(before, next, moves);
      return;
    }
    for (;;) {
      this.#add(end[before] ?? 0, tail[next] ?? 0, before, moves);
      if (next === none || (tail[next] ?? 0) <= rest) return;
      before = next;
      next = machineAfter[next] ?? none;
    }
  }

  /** One of the places from `before` on where nothing on the machine delays the operation and it delays nothing, at random. */
  #addAnyFree(before: number, next: number, moves: MoveList): void {
    const { end, tail, machineAfter, data } = this.#graph;
    const none = data.operations;
    let places = 1;
    let chosen = before;
    let chosenNext = next;
    while (next < none && (end[next] ?? 0) <= this.#ready) {
      before = next;
      next = machineAfter[next] ?? none;
      if (this.#random.below(++places) === 0) {
        chosen = before;
        chosenNext = next;
      }
    }
    this.#add(end[chosen] ?? 0, tail[chosenNext] ?? 0, chosen, moves);
  }

  /** Every place on the machine: with setups none is worse than another for sure. Those that close a cycle are found out when they are tried. */
  #addAll(next: number, moves: MoveList): void {
    const { end, tail, machineAfter, data } = this.#graph;
    const none = data.operations;
    const [o, k] = [this.#operation, this.#machine];
    for (let before = none; ; before = next, next = machineAfter[next] ?? none) {
      this.#add((end[before] ?? 0) + setupBetween(data, k, before, o), (tail[next] ?? 0) + setupBetween(data, k, o, next), before, moves);
      if (next === none) return;
    }
  }

  /** The place right after `before`, where the machine is free from `free` on and as much as `onward` follows on it. */
  #add(free: number, onward: number, before: number, moves: MoveList): void {
    const path = (this.#ready > free ? this.#ready : free) + this.#ticks + (this.#rest > onward ? this.#rest : onward);
    const left = this.#left;
    // Where the path that stays on the old machine is the longer one, how well the operation stands on the new one counts half.
    const price = left > path ? this.#price + (path - left) / 2 : this.#price;
    const estimate = left > path ? left : path;
    if (estimate + price <= moves.least) moves.add(this.#operation, this.#machine, before, this.#graph.data.operations, estimate, price);
  }
}
