import { type RoutingData, setupBetween } from './routing-data.ts';

/**
 * A schedule as a graph of operations (Roy and Sussmann, 1964): arcs along the orders and along the machines' sequences, weighted with
 * durations and setups. Keeps for each operation the earliest `end` and the `tail`, the longest path from its start to the last end, so that
 * end + tail - duration is the longest path through it. Moves update both from the changed place on, in a topological order that is repaired.
 */
export class DisjunctiveGraph {
  readonly data: RoutingData;
  /** Per operation; N where there is none. */
  readonly machineBefore: Int32Array;
  readonly machineAfter: Int32Array;
  readonly machine: Int32Array;
  readonly duration: Int32Array;
  /** Setup between the operation before on the machine and this one. */
  readonly setup: Int32Array;
  readonly end: Int32Array;
  readonly tail: Int32Array;
  /** A topological order of the operations and the position of each in it. */
  readonly sequence: Int32Array;
  readonly position: Int32Array;
  /** First operation of each machine; N where it has none. */
  readonly first: Int32Array;
  makespan = 0;
  readonly #marked: Int32Array;
  readonly #aside: Int32Array;
  #mark = 0;
  /** Positions touched by the present move. */
  #low = 0;
  #high = 0;

  constructor(data: RoutingData) {
    const { operations, orders, machines } = data;
    this.data = data;
    const size = operations + 1;
    this.machineBefore = new Int32Array(size).fill(operations);
    this.machineAfter = new Int32Array(size).fill(operations);
    this.machine = new Int32Array(size);
    this.duration = new Int32Array(size);
    this.setup = new Int32Array(size);
    this.end = new Int32Array(size + orders);
    this.end.set(data.release, size);
    this.tail = new Int32Array(size);
    this.sequence = new Int32Array(operations);
    this.position = new Int32Array(size + orders);
    this.first = new Int32Array(machines);
    this.#marked = new Int32Array(size + orders);
    this.#aside = new Int32Array(operations);
  }

  /** Takes over a schedule given by the machine of each operation and any topological order of all operations. */
  load(machine: Int32Array, sequence: Int32Array): void {
    const { operations, machines, durationOn } = this.data;
    const last = new Int32Array(machines).fill(operations);
    this.first.fill(operations);
    for (let i = 0; i < operations; i++) {
      const o = sequence[i] ?? 0;
      const k = machine[o] ?? 0;
      const before = last[k] ?? 0;
      this.sequence[i] = o;
      this.position[o] = i;
      this.machine[o] = k;
      this.duration[o] = durationOn[o * machines + k] ?? 0;
      this.machineBefore[o] = before;
      this.machineAfter[o] = operations;
      if (before < operations) this.machineAfter[before] = o;
      else this.first[k] = o;
      this.setup[o] = setupBetween(this.data, k, before, o);
      last[k] = o;
    }
    this.#updateEnds(0);
    this.#updateTails(operations - 1);
  }

  /**
   * Moves an operation to machine `k`, right after operation `before` there (N: to its beginning); `before` is not the operation itself.
   * False, with nothing changed, where that would close a cycle.
   */
  move(o: number, k: number, before: number): boolean {
    this.#low = this.data.operations;
    this.#high = -1;
    if (!this.#place(o, k, before)) return false;
    this.#updateEnds(this.#low);
    this.#updateTails(this.#high);
    return true;
  }

  /** Lets two operations on different machines change places. False, with nothing changed but the topological order, where that would close a cycle. */
  exchange(o: number, x: number): boolean {
    const own = this.machine[o] ?? 0;
    const ownBefore = this.machineBefore[o] ?? 0;
    const isLater = (this.position[o] ?? 0) > (this.position[x] ?? 0);
    this.#low = this.data.operations;
    this.#high = -1;
    if (!this.#place(o, this.machine[x] ?? 0, isLater ? x : (this.machineBefore[x] ?? 0))) return false;
    if (!this.#place(x, own, ownBefore)) {
      this.#place(o, own, ownBefore);
      return false;
    }
    this.#updateEnds(this.#low);
    this.#updateTails(this.#high);
    return true;
  }

  /** Changes the arcs and the topological order, and widens the window of positions from which ends and tails are to be updated. */
  #place(o: number, k: number, before: number): boolean {
    const oldMachine = this.machine[o] ?? 0;
    const oldBefore = this.machineBefore[o] ?? 0;
    const oldAfter = this.machineAfter[o] ?? 0;
    const oldPosition = this.position[o] ?? 0;
    this.#unlink(o);
    this.#link(o, k, before);
    const other = this.#repair(o, oldPosition);
    if (other < 0) {
      this.#unlink(o);
      this.#link(o, oldMachine, oldBefore);
      return false;
    }
    const after = this.machineAfter[o] ?? 0;
    // Setups change also where nothing moves in the topological order.
    let low = Math.min(this.#low, oldPosition, other);
    let high = Math.max(this.#high, oldPosition, other);
    if (after < this.data.operations) low = Math.min(low, this.position[after] ?? 0);
    if (oldAfter < this.data.operations) low = Math.min(low, this.position[oldAfter] ?? 0);
    if (before < this.data.operations) high = Math.max(high, this.position[before] ?? 0);
    if (oldBefore < this.data.operations) high = Math.max(high, this.position[oldBefore] ?? 0);
    this.#low = low;
    this.#high = high;
    return true;
  }

  #unlink(o: number): void {
    const none = this.data.operations;
    const before = this.machineBefore[o] ?? 0;
    const after = this.machineAfter[o] ?? 0;
    const k = this.machine[o] ?? 0;
    if (before < none) this.machineAfter[before] = after;
    else this.first[k] = after;
    if (after < none) {
      this.machineBefore[after] = before;
      this.setup[after] = setupBetween(this.data, k, before, after);
    }
  }

  #link(o: number, k: number, before: number): void {
    const none = this.data.operations;
    const after = (before < none ? this.machineAfter[before] : this.first[k]) ?? 0;
    this.machine[o] = k;
    this.duration[o] = this.data.durationOn[o * this.data.machines + k] ?? 0;
    this.machineBefore[o] = before;
    this.machineAfter[o] = after;
    this.setup[o] = setupBetween(this.data, k, before, o);
    if (before < none) this.machineAfter[before] = o;
    else this.first[k] = o;
    if (after < none) {
      this.machineBefore[after] = o;
      this.setup[after] = setupBetween(this.data, k, o, after);
    }
  }

  /** Brings the topological order in line with the new arcs of `o`. Returns the far end of the window that it touched, -1 on a cycle. */
  #repair(o: number, at: number): number {
    const none = this.data.operations;
    const before = this.machineBefore[o] ?? 0;
    const after = this.machineAfter[o] ?? 0;
    if (before < none && (this.position[before] ?? 0) > at) return this.#shiftLater(o, at, this.position[before] ?? 0);
    if (after < none && (this.position[after] ?? 0) < at) return this.#shiftEarlier(o, at, this.position[after] ?? 0);
    return at;
  }

  /** Puts `o` and what must follow it behind all others of the positions from..to; -1 where the one at `to` must follow it. */
  #shiftLater(o: number, from: number, to: number): number {
    const { sequence, position, machineBefore } = this;
    const { orderBefore } = this.data;
    const marked = this.#marked;
    const aside = this.#aside;
    const mark = ++this.#mark;
    marked[o] = mark;
    let count = 1;
    aside[0] = o;
    for (let i = from + 1; i <= to; i++) {
      const x = sequence[i] ?? 0;
      if (marked[orderBefore[x] ?? 0] === mark || marked[machineBefore[x] ?? 0] === mark) {
        marked[x] = mark;
        aside[count++] = x;
      }
    }
    if (marked[sequence[to] ?? 0] === mark) return -1;
    let next = from;
    for (let i = from; i <= to; i++) {
      const x = sequence[i] ?? 0;
      if (marked[x] === mark) continue;
      sequence[next] = x;
      position[x] = next++;
    }
    for (let i = 0; i < count; i++) {
      const x = aside[i] ?? 0;
      sequence[next] = x;
      position[x] = next++;
    }
    return to;
  }

  /** Puts `o` and what must precede it before all others of the positions to..from; -1 where the one at `to` must precede it. */
  #shiftEarlier(o: number, from: number, to: number): number {
    const { sequence, position, machineAfter } = this;
    const { orderAfter } = this.data;
    const marked = this.#marked;
    const aside = this.#aside;
    const mark = ++this.#mark;
    marked[o] = mark;
    let count = 1;
    aside[0] = o;
    for (let i = from - 1; i >= to; i--) {
      const x = sequence[i] ?? 0;
      if (marked[orderAfter[x] ?? 0] === mark || marked[machineAfter[x] ?? 0] === mark) {
        marked[x] = mark;
        aside[count++] = x;
      }
    }
    if (marked[sequence[to] ?? 0] === mark) return -1;
    let next = from;
    for (let i = from; i >= to; i--) {
      const x = sequence[i] ?? 0;
      if (marked[x] === mark) continue;
      sequence[next] = x;
      position[x] = next--;
    }
    for (let i = 0; i < count; i++) {
      const x = aside[i] ?? 0;
      sequence[next] = x;
      position[x] = next--;
    }
    return to;
  }

  // Half of a search's time goes into the two loops below. Each turn of a loop checks anew what every array is: eight operations share one turn.

  #updateEnds(from: number): void {
    const { sequence, machineBefore, setup, duration, end } = this;
    const { orderBefore, lastOfOrder } = this.data;
    let i = from;
    for (; i + 8 <= sequence.length; i += 8) {
      setEnd(sequence[i] ?? 0, orderBefore, machineBefore, setup, duration, end);
      setEnd(sequence[i + 1] ?? 0, orderBefore, machineBefore, setup, duration, end);
      setEnd(sequence[i + 2] ?? 0, orderBefore, machineBefore, setup, duration, end);
      setEnd(sequence[i + 3] ?? 0, orderBefore, machineBefore, setup, duration, end);
      setEnd(sequence[i + 4] ?? 0, orderBefore, machineBefore, setup, duration, end);
      setEnd(sequence[i + 5] ?? 0, orderBefore, machineBefore, setup, duration, end);
      setEnd(sequence[i + 6] ?? 0, orderBefore, machineBefore, setup, duration, end);
      setEnd(sequence[i + 7] ?? 0, orderBefore, machineBefore, setup, duration, end);
    }
    for (; i < sequence.length; i++) setEnd(sequence[i] ?? 0, orderBefore, machineBefore, setup, duration, end);
    let makespan = 0;
    for (let j = 0; j < lastOfOrder.length; j++) {
      const e = end[lastOfOrder[j] ?? 0] ?? 0;
      if (e > makespan) makespan = e;
    }
    this.makespan = makespan;
  }

  #updateTails(from: number): void {
    const { sequence, machineAfter, setup, duration, tail } = this;
    const { orderAfter } = this.data;
    let i = from;
    for (; i >= 7; i -= 8) {
      setTail(sequence[i] ?? 0, orderAfter, machineAfter, setup, duration, tail);
      setTail(sequence[i - 1] ?? 0, orderAfter, machineAfter, setup, duration, tail);
      setTail(sequence[i - 2] ?? 0, orderAfter, machineAfter, setup, duration, tail);
      setTail(sequence[i - 3] ?? 0, orderAfter, machineAfter, setup, duration, tail);
      setTail(sequence[i - 4] ?? 0, orderAfter, machineAfter, setup, duration, tail);
      setTail(sequence[i - 5] ?? 0, orderAfter, machineAfter, setup, duration, tail);
      setTail(sequence[i - 6] ?? 0, orderAfter, machineAfter, setup, duration, tail);
      setTail(sequence[i - 7] ?? 0, orderAfter, machineAfter, setup, duration, tail);
    }
    for (; i >= 0; i--) setTail(sequence[i] ?? 0, orderAfter, machineAfter, setup, duration, tail);
  }
}

/** Sets the end of `o`: the later of what precedes it in its order and, with the setup, on its machine, found without a branch, plus its duration. */
function setEnd(o: number, orderBefore: Int32Array, machineBefore: Int32Array, setup: Int32Array, duration: Int32Array, end: Int32Array): void {
  const ready = end[orderBefore[o] ?? 0] ?? 0;
  const later = (ready - (end[machineBefore[o] ?? 0] ?? 0) - (setup[o] ?? 0)) | 0;
  end[o] = (ready - (later & (later >> 31)) + (duration[o] ?? 0)) | 0;
}

/** The same in mirrored time. */
function setTail(o: number, orderAfter: Int32Array, machineAfter: Int32Array, setup: Int32Array, duration: Int32Array, tail: Int32Array): void {
  const after = machineAfter[o] ?? 0;
  const inOrder = tail[orderAfter[o] ?? 0] ?? 0;
  const more = (inOrder - (tail[after] ?? 0) - (setup[after] ?? 0)) | 0;
  tail[o] = (inOrder - (more & (more >> 31)) + (duration[o] ?? 0)) | 0;
}
