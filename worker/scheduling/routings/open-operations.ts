import { PriorityHeap } from '../priority-heap.ts';
import type { Problem } from '../problem.ts';
import type { MachineTimes, Placing } from './machine-times.ts';
import type { RoutingData } from './routing-data.ts';
import { SetupOrder } from './setup-order.ts';

/** Operations of a family, or on their way to a machine, that are looked at in a step at most: those of the least ranks, or the first to arrive. Others seldom start first. */
const mostLooks = 32;

/** The operations that can go on one machine; one that another machine has taken drops out when it comes to the top. */
interface MachineQueue {
  readonly machine: number;
  /** Those that are ready after the machine is free, the earliest on top. */
  readonly arriving: PriorityHeap;
  /** The others by family, the least rank on top; undefined for families that have not come yet. */
  readonly waiting: (PriorityHeap | undefined)[];
  /** None starts before. */
  bound: number;
}

/**
 * The operations whose orders have come to them, found by when they can start, between equals by their rank. They wait in queues by machine and family: of those that are
 * ready when the machine is, all of a family start at one time, so that the few of the least ranks need to be looked at, in the families whose setup is short enough.
 */
export class OpenOperations {
  readonly #data: RoutingData;
  readonly #times: MachineTimes;
  readonly #rank: Float64Array;
  readonly #isOpen: Uint8Array;
  /** Per operation: minus the time at which it can start as far as its order goes, or minus its locked start. */
  readonly #readyKey: Float64Array;
  readonly #queues: readonly MachineQueue[];
  readonly #locked: PriorityHeap;
  readonly #lockedStart: Float64Array;
  readonly #setupOrder: SetupOrder;
  readonly #newHeap: () => PriorityHeap;

  /** `rank`: per operation; the least goes first. */
  constructor(problem: Problem, data: RoutingData, times: MachineTimes, rank: Float64Array) {
    this.#data = data;
    this.#times = times;
    this.#rank = rank;
    this.#isOpen = new Uint8Array(data.operations);
    this.#readyKey = new Float64Array(data.operations);
    this.#lockedStart = problem.lockedStart;
    this.#setupOrder = new SetupOrder(data);
    const rankKey = rank.map((value) => -value);
    const number = Int32Array.from(rank.keys());
    const heap = (key: Float64Array): PriorityHeap => new PriorityHeap(key, number, this.#isOpen);
    this.#newHeap = () => heap(rankKey);
    this.#locked = heap(this.#readyKey);
    this.#queues = Array.from({ length: data.machines }, (_, machine) => ({ machine, arriving: heap(this.#readyKey), waiting: [], bound: Infinity }));
  }

  /** Lets an operation in that is ready at a tick. */
  add(o: number, ready: number): void {
    const { eligible, eligibleStart } = this.#data;
    const locked = this.#lockedStart[o] ?? -1;
    this.#isOpen[o] = 1;
    this.#readyKey[o] = -Math.max(ready, locked);
    if (locked >= 0) {
      this.#locked.push(o);
      return;
    }
    for (let a = eligibleStart[o] ?? 0; a < (eligibleStart[o + 1] ?? 0); a++) {
      const queue = this.#queues[eligible[a] ?? 0];
      if (queue === undefined) continue;
      queue.arriving.push(o);
      queue.bound = Math.min(queue.bound, this.#times.bound(queue.machine, o, ready));
    }
  }

  /** The operation that starts first, on the machine where it ends first; undefined where none is open. */
  first(): Placing | undefined {
    const locked = this.#locked.top();
    let best = locked < 0 ? undefined : this.#times.earliest(locked, this.#ready(locked));
    const soonest = this.#queues.reduce<MachineQueue | undefined>((a, b) => (a === undefined || b.bound < a.bound ? b : a), undefined);
    if (soonest !== undefined) best = this.#look(soonest, best);
    for (const queue of this.#queues) if (queue !== soonest && (best === undefined || queue.bound <= best.start)) best = this.#look(queue, best);
    return best;
  }

  /** Takes out what has been placed. */
  take({ operation, machine }: Placing): void {
    this.#isOpen[operation] = 0;
    const queue = this.#queues[machine];
    // Setups may be shorter than before.
    if (queue !== undefined && queue.bound < Infinity) queue.bound = this.#times.opens(machine);
  }

  /** The better one of `best` and what the machine has. */
  #look(queue: MachineQueue, best: Placing | undefined): Placing | undefined {
    if (queue.bound === Infinity) return best;
    const { machine, arriving } = queue;
    const opens = this.#times.opens(machine);
    this.#letIn(queue, opens);
    let found = best;
    let bound = Infinity;
    for (const family of this.#setupOrder.families(machine, this.#times.last(machine))) {
      const waiting = queue.waiting[family];
      const o = waiting?.top() ?? -1;
      if (waiting === undefined || o < 0) continue;
      const start = this.#times.bound(machine, o, 0);
      bound = Math.min(bound, start);
      if (found !== undefined && start > found.start) break;
      found = this.#lookAt(waiting, start, found);
    }
    const arrives = arriving.top();
    if (arrives >= 0) bound = Math.min(bound, Math.max(opens, this.#ready(arrives)));
    queue.bound = bound;
    return this.#lookAt(arriving, -Infinity, found);
  }

  /** Those that are ready when the machine opens wait for it from then on. */
  #letIn({ arriving, waiting }: MachineQueue, opens: number): void {
    for (let o = arriving.top(); o >= 0 && this.#ready(o) <= opens; o = arriving.top()) {
      arriving.pop();
      (waiting[this.#data.family[o] ?? 0] ??= this.#newHeap()).push(o);
    }
  }

  /** The better one of `best` and the first of a heap, as far as they can be better; none can be behind one that starts at `start`, as all of a family do at the earliest. */
  #lookAt(heap: PriorityHeap, start: number, best: Placing | undefined): Placing | undefined {
    const passedOver: number[] = [];
    let found = best;
    for (let o = heap.top(); o >= 0 && passedOver.length < mostLooks; o = heap.top()) {
      if (found !== undefined && this.#ready(o) > found.start) break;
      const placing = this.#times.earliest(o, this.#ready(o));
      if (found === undefined || this.#isBefore(placing, found)) found = placing;
      if (placing.start <= start) break;
      heap.pop();
      passedOver.push(o);
    }
    for (const o of passedOver) heap.push(o);
    return found;
  }

  #ready(o: number): number {
    return -(this.#readyKey[o] ?? 0);
  }

  #isBefore(one: Placing, other: Placing): boolean {
    const [rank, otherRank] = [this.#rank[one.operation] ?? 0, this.#rank[other.operation] ?? 0];
    return one.start < other.start || (one.start === other.start && (rank < otherRank || (rank === otherRank && one.operation < other.operation)));
  }
}
