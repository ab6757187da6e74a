import { PriorityHeap } from '../priority-heap.ts';
import type { Problem } from '../problem.ts';
import type { MachineTimes, Placing } from './machine-times.ts';
import type { RoutingData } from './routing-data.ts';

/** Operations of a queue that are looked at in a step at most: those of the least ranks. Others, further behind, seldom start first. */
const mostLooks = 32;

/** The operations of one setup family that can go on one machine; one that another machine has taken drops out when it comes to the top. */
interface MachineQueue {
  readonly machine: number;
  /** Those that are ready after the machine is free, the earliest on top. */
  readonly arriving: PriorityHeap;
  /** The others, the least rank on top. */
  readonly waiting: PriorityHeap;
  /** None starts before. */
  bound: number;
}

/**
 * The operations whose orders have come to them, found by when they can start, between equals by their rank. They wait in queues by machine and family: of those that are
 * ready when the machine is, all start at one time, so that the few of the least ranks need to be looked at.
 */
export class OpenOperations {
  readonly #data: RoutingData;
  readonly #times: MachineTimes;
  readonly #rank: Float64Array;
  readonly #isOpen: Uint8Array;
  /** Per operation: minus the time at which it can start as far as its order goes, or minus its locked start. */
  readonly #readyKey: Float64Array;
  readonly #queues: MachineQueue[] = [];
  /** The queues of each machine, by family. */
  readonly #queuesOf: readonly (MachineQueue | undefined)[][];
  readonly #locked: PriorityHeap;
  readonly #lockedStart: Float64Array;
  readonly #newQueue: (machine: number) => MachineQueue;

  /** `rank`: per operation; the least goes first. */
  constructor(problem: Problem, data: RoutingData, times: MachineTimes, rank: Float64Array) {
    this.#data = data;
    this.#times = times;
    this.#rank = rank;
    this.#isOpen = new Uint8Array(data.operations);
    this.#readyKey = new Float64Array(data.operations);
    this.#queuesOf = Array.from({ length: data.machines }, () => []);
    this.#lockedStart = problem.lockedStart;
    const rankKey = rank.map((value) => -value);
    const number = Int32Array.from(rank.keys());
    const heap = (key: Float64Array): PriorityHeap => new PriorityHeap(key, number, this.#isOpen);
    this.#locked = heap(this.#readyKey);
    this.#newQueue = (machine) => ({ machine, arriving: heap(this.#readyKey), waiting: heap(rankKey), bound: Infinity });
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
      const queue = this.#queueOf(eligible[a] ?? 0, o);
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
    for (const queue of this.#queuesOf[machine] ?? []) if (queue !== undefined) queue.bound = this.#boundOf(queue);
  }

  #queueOf(machine: number, o: number): MachineQueue {
    const family = this.#data.family[o] ?? 0;
    const queues = this.#queuesOf[machine] ?? [];
    const known = queues[family];
    if (known !== undefined) return known;
    const queue = this.#newQueue(machine);
    queues[family] = queue;
    this.#queues.push(queue);
    return queue;
  }

  /** The better one of `best` and what the queue has. */
  #look(queue: MachineQueue, best: Placing | undefined): Placing | undefined {
    const { arriving, waiting } = queue;
    const passedOver: number[] = [];
    queue.bound = this.#boundOf(queue);
    let found = best;
    for (let start = queue.bound; passedOver.length < mostLooks && (found === undefined || start <= found.start); ) {
      for (let o = arriving.top(); o >= 0 && this.#ready(o) <= start; o = arriving.top()) {
        arriving.pop();
        waiting.push(o);
      }
      const o = waiting.top();
      if (o < 0) break;
      const placing = this.#times.earliest(o, this.#ready(o));
      if (found === undefined || this.#isBefore(placing, found)) found = placing;
      // The others start no earlier, and have no less a rank.
      if (placing.start <= start) break;
      waiting.pop();
      passedOver.push(o);
      if (waiting.top() < 0) start = this.#boundOf(queue);
    }
    for (const o of passedOver) waiting.push(o);
    return found;
  }

  #ready(o: number): number {
    return -(this.#readyKey[o] ?? 0);
  }

  #isBefore(one: Placing, other: Placing): boolean {
    const [rank, otherRank] = [this.#rank[one.operation] ?? 0, this.#rank[other.operation] ?? 0];
    return one.start < other.start || (one.start === other.start && (rank < otherRank || (rank === otherRank && one.operation < other.operation)));
  }

  #boundOf({ machine, waiting, arriving }: MachineQueue): number {
    const waits = waiting.top();
    if (waits >= 0) return this.#times.bound(machine, waits, 0);
    const arrives = arriving.top();
    return arrives < 0 ? Infinity : this.#times.bound(machine, arrives, this.#ready(arrives));
  }
}
