import type { Problem } from '../problem.ts';
import { OperationTimes } from './operation-times.ts';
import type { RoutingData } from './routing-data.ts';

/** An operation on a machine, with its times. */
export interface Placing {
  readonly operation: number;
  readonly machine: number;
  readonly start: number;
  readonly end: number;
}

/** When machines are free, with the locked operations that are still to come. */
export class MachineTimes {
  readonly #problem: Problem;
  readonly #data: RoutingData;
  readonly #times: OperationTimes;
  readonly #free: Float64Array;
  readonly #last: Int32Array;
  /** Per machine: locked operations by start. */
  readonly #locked: readonly number[][];

  constructor(problem: Problem, data: RoutingData) {
    this.#problem = problem;
    this.#data = data;
    this.#times = new OperationTimes(problem, data);
    this.#free = new Float64Array(data.machines);
    this.#last = new Int32Array(data.machines).fill(data.operations);
    const locked: number[][] = Array.from({ length: data.machines }, () => []);
    const startOf = (o: number): number => problem.lockedStart[o] ?? -1;
    for (let o = 0; o < data.operations; o++) if (startOf(o) >= 0) locked[problem.lockedMachine[o] ?? 0]?.push(o);
    for (const there of locked) there.sort((a, b) => startOf(a) - startOf(b));
    this.#locked = locked;
  }

  /** Where and when an operation can end first. */
  earliest(o: number, ready: number): Placing {
    const data = this.#data;
    let best: Placing = { operation: o, machine: -1, start: Infinity, end: Infinity };
    for (let a = data.eligibleStart[o] ?? 0; a < (data.eligibleStart[o + 1] ?? 0); a++) {
      const machine = data.eligible[a] ?? 0;
      const placing = this.#on(o, machine, ready);
      if (best.machine < 0 || placing.end < best.end) best = placing;
    }
    return best;
  }

  /** A time before which no operation of the family of `o` that is ready at `ready` or later starts on a machine. */
  bound(machine: number, o: number, ready: number): number {
    return this.#times.start(machine, this.#last[machine] ?? this.#data.operations, o, this.#free[machine] ?? 0, ready, 1);
  }

  /** When a machine that is free works again. */
  opens(machine: number): number {
    return this.#times.opens(machine, this.#free[machine] ?? 0);
  }

  /** The last operation on a machine so far, N where there is none. */
  last(machine: number): number {
    return this.#last[machine] ?? this.#data.operations;
  }

  /** Takes the machine for an operation. */
  place({ operation, machine, start, end }: Placing): void {
    const pending = this.#locked[machine] ?? [];
    const at = pending.indexOf(operation);
    if (at >= 0) pending.splice(at, 1);
    if (start < (this.#free[machine] ?? 0)) return;
    this.#free[machine] = end;
    this.#last[machine] = operation;
  }

  #on(o: number, machine: number, ready: number): Placing {
    const ticks = this.#data.durationOn[o * this.#data.machines + machine] ?? 0;
    const locked = this.#problem.lockedStart[o] ?? -1;
    if (locked >= 0) return { operation: o, machine, start: Math.max(locked, ready), end: this.#times.end(machine, Math.max(locked, ready), ticks) };
    let free = this.#free[machine] ?? 0;
    let last = this.#last[machine] ?? this.#data.operations;
    for (const pending of this.#locked[machine] ?? []) {
      const start = this.#times.start(machine, last, o, free, ready, ticks);
      const end = this.#times.end(machine, start, ticks);
      const lockedStart = this.#problem.lockedStart[pending] ?? 0;
      if (this.#times.start(machine, o, pending, end, 0, 0) <= lockedStart) return { operation: o, machine, start, end };
      free = Math.max(free, this.#times.end(machine, lockedStart, this.#data.durationOn[pending * this.#data.machines + machine] ?? 0));
      last = pending;
    }
    const start = this.#times.start(machine, last, o, free, ready, ticks);
    return { operation: o, machine, start, end: this.#times.end(machine, start, ticks) };
  }
}
