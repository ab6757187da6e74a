import { type MachineWindow, findEdges, machineWindow } from './edge-finding.ts';
import { type HeadsAndTails, headsAndTails } from './heads-and-tails.ts';
import type { RoutingData } from './routing-data.ts';

/** Rounds over all machines at most; what is not settled by then is left open. */
const mostRounds = 60;

/**
 * Tries to prove that no plan has a makespan of at most some ticks: narrows the time between earliest start and deadline of each operation along its order,
 * drops machines on which it cannot be in time, and finds edges on each machine among those that can run nowhere else, until nothing changes.
 * Setups and calendars are left out, which only makes plans shorter.
 */
export class MakespanRefutation {
  readonly #data: RoutingData;
  readonly #heads: HeadsAndTails;
  readonly #release: Float64Array;
  readonly #deadline: Float64Array;
  readonly #savedRelease: Float64Array;
  readonly #savedDeadline: Float64Array;
  readonly #duration: Float64Array;
  /** Machine of operations that can run on one only, else -1. */
  readonly #machine: Int32Array;
  readonly #window: MachineWindow;
  readonly #byMachine: readonly Int32Array[];
  readonly #counts: Int32Array;

  constructor(data: RoutingData) {
    const { operations, machines } = data;
    this.#data = data;
    this.#heads = headsAndTails(data);
    this.#release = new Float64Array(operations);
    this.#deadline = new Float64Array(operations);
    this.#savedRelease = new Float64Array(operations);
    this.#savedDeadline = new Float64Array(operations);
    this.#duration = new Float64Array(operations);
    this.#machine = new Int32Array(operations);
    const eligible = new Int32Array(machines);
    for (const k of data.eligible) eligible[k] = (eligible[k] ?? 0) + 1;
    this.#byMachine = Array.from(eligible, (count) => new Int32Array(count));
    this.#counts = new Int32Array(machines);
    this.#window = machineWindow(Math.max(1, ...eligible));
  }

  /** True where no plan ends by `makespan`; open, when `isOver`. */
  refutes(makespan: number, isOver: () => boolean): boolean {
    const { head, tail } = this.#heads;
    this.#release.set(head);
    for (let o = 0; o < this.#data.operations; o++) this.#deadline[o] = makespan - (tail[o] ?? 0);
    return this.#contradicts(isOver);
  }

  /**
   * The same, with shaving (Martin and Shmoys, 1996, doi:10.1007/3-540-61310-2_29): where an operation with one machine in the first, or the last, part of its time leads to a
   * contradiction, that part is cut off. Ends early, and open, when `isOver`.
   */
  refutesByShaving(makespan: number, isOver: () => boolean): boolean {
    if (this.refutes(makespan, isOver)) return true;
    for (let changed = true; changed; ) {
      changed = false;
      for (let o = 0; o < this.#data.operations; o++) {
        for (const early of [true, false]) {
          if (isOver()) return false;
          if (!this.#shave(o, early, isOver)) continue;
          changed = true;
          if (this.#contradicts(isOver)) return true;
        }
      }
    }
    return false;
  }

  /** Cuts off the largest part, of half the time, a quarter and so on, that is refuted; false where none is. */
  #shave(o: number, early: boolean, isOver: () => boolean): boolean {
    const slack = (this.#deadline[o] ?? 0) - (this.#release[o] ?? 0) - (this.#duration[o] ?? 0);
    // With a choice of machines an end that is too early says little of the start.
    if (slack <= 0 || (this.#machine[o] ?? -1) < 0) return false;
    for (let part = slack >> 1; ; part >>= 1) {
      this.#savedRelease.set(this.#release);
      this.#savedDeadline.set(this.#deadline);
      const duration = this.#duration[o] ?? 0;
      if (early) this.#deadline[o] = (this.#release[o] ?? 0) + duration + part;
      else this.#release[o] = (this.#deadline[o] ?? 0) - duration - part;
      const refuted = this.#contradicts(isOver);
      this.#release.set(this.#savedRelease);
      this.#deadline.set(this.#savedDeadline);
      // What is left of the durations is of the part that was tried.
      this.#chooseMachines();
      if (refuted) {
        if (early) this.#release[o] = (this.#release[o] ?? 0) + part + 1;
        else this.#deadline[o] = (this.#deadline[o] ?? 0) - part - 1;
        return true;
      }
      if (part === 0) return false;
    }
  }

  /** True where narrowing from the present times leads to a contradiction. */
  #contradicts(isOver: () => boolean): boolean {
    for (let round = 0; round < mostRounds; round++) {
      const state = this.#narrow(isOver);
      if (state !== 'changed') return state === 'refuted';
    }
    return false;
  }

  #narrow(isOver: () => boolean): 'refuted' | 'changed' | 'settled' {
    if (!this.#chooseMachines() || !this.#propagateOrders()) return 'refuted';
    let changed = false;
    for (let k = 0; k < this.#data.machines; k++) {
      for (const mirrored of [false, true]) {
        if (isOver()) return 'settled';
        this.#fill(k, mirrored);
        if (!findEdges(this.#window)) return 'refuted';
        changed = this.#take(mirrored) || changed;
      }
    }
    return changed ? 'changed' : 'settled';
  }

  /** Sorts the operations to machines and sets the shortest duration that is in time; false where one is on no machine in time. */
  #chooseMachines(): boolean {
    const { operations, machines, eligibleStart, eligible, durationOn } = this.#data;
    this.#counts.fill(0);
    for (let o = 0; o < operations; o++) {
      const time = (this.#deadline[o] ?? 0) - (this.#release[o] ?? 0);
      let shortest = Infinity;
      let only = -1;
      let count = 0;
      for (let a = eligibleStart[o] ?? 0; a < (eligibleStart[o + 1] ?? 0); a++) {
        const k = eligible[a] ?? 0;
        const ticks = durationOn[o * machines + k] ?? 0;
        if (ticks > time) continue;
        shortest = Math.min(shortest, ticks);
        only = k;
        count++;
      }
      if (count === 0) return false;
      this.#duration[o] = shortest;
      this.#machine[o] = count === 1 ? only : -1;
      if (count !== 1) continue;
      const there = this.#byMachine[only];
      if (there !== undefined) there[this.#counts[only] ?? 0] = o;
      this.#counts[only] = (this.#counts[only] ?? 0) + 1;
    }
    return true;
  }

  #propagateOrders(): boolean {
    const { operations, orderBefore, orderAfter } = this.#data;
    for (let o = 0; o < operations; o++) {
      const before = orderBefore[o] ?? 0;
      if (before < operations) this.#release[o] = Math.max(this.#release[o] ?? 0, (this.#release[before] ?? 0) + (this.#duration[before] ?? 0));
    }
    for (let o = operations - 1; o >= 0; o--) {
      const after = orderAfter[o] ?? 0;
      if (after < operations) this.#deadline[o] = Math.min(this.#deadline[o] ?? 0, (this.#deadline[after] ?? 0) - (this.#duration[after] ?? 0));
      if ((this.#release[o] ?? 0) + (this.#duration[o] ?? 0) > (this.#deadline[o] ?? 0)) return false;
    }
    return true;
  }

  /** The operations of machine k by release; mirrored in time, so that deadlines become releases. */
  #fill(k: number, mirrored: boolean): void {
    const window = this.#window;
    const count = this.#counts[k] ?? 0;
    const there = this.#byMachine[k]?.subarray(0, count) ?? new Int32Array(0);
    const key = (o: number): number => (mirrored ? -(this.#deadline[o] ?? 0) : (this.#release[o] ?? 0));
    there.sort((a, b) => key(a) - key(b));
    window.count = count;
    for (let i = 0; i < count; i++) {
      const o = there[i] ?? 0;
      window.operation[i] = o;
      window.release[i] = key(o);
      window.deadline[i] = mirrored ? -(this.#release[o] ?? 0) : (this.#deadline[o] ?? 0);
      window.duration[i] = this.#duration[o] ?? 0;
    }
  }

  #take(mirrored: boolean): boolean {
    const { count, operation, release, earliest } = this.#window;
    let changed = false;
    for (let i = 0; i < count; i++) {
      const proven = earliest[i] ?? 0;
      if (proven <= (release[i] ?? 0)) continue;
      changed = true;
      const o = operation[i] ?? 0;
      if (mirrored) this.#deadline[o] = -proven;
      else this.#release[o] = proven;
    }
    return changed;
  }
}

/**
 * Destructive improvement (Klein and Scholl, 1999, doi:10.1016/S0377-2217(97)00442-8): the largest bound up to `upperBound` whose predecessors are refuted, by bisection,
 * first by narrowing alone, then with shaving. Ends early when `isOver`.
 */
export function destructiveBound(data: RoutingData, lowerBound: number, upperBound: number, isOver: () => boolean): number {
  const refutation = new MakespanRefutation(data);
  const narrowed = leastUnrefuted(lowerBound, upperBound, isOver, (makespan) => refutation.refutes(makespan, isOver));
  return leastUnrefuted(narrowed, upperBound, isOver, (makespan) => refutation.refutesByShaving(makespan, isOver));
}

function leastUnrefuted(low: number, high: number, isOver: () => boolean, refutes: (makespan: number) => boolean): number {
  while (low < high && !isOver()) {
    const middle = Math.floor((low + high) / 2);
    if (refutes(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}
