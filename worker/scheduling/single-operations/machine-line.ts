import { type ParallelWork, setupTicks } from './parallel-work.ts';
import { ShiftCosts } from './shift-costs.ts';

/** The sequence of one machine whose jobs wait for nothing but the job before them, so that behind a change all move by one shift. A place is a position in the sequence. */
export class MachineLine {
  readonly length: number;
  readonly costs: ShiftCosts;
  readonly #work: ParallelWork;
  readonly #sequence: Int32Array;
  /** By place. */
  readonly #end: Float64Array;

  constructor(work: ParallelWork, sequence: Int32Array) {
    this.length = sequence.length;
    this.costs = new ShiftCosts(work.due, work.weight);
    this.#work = work;
    this.#sequence = sequence.slice();
    this.#end = new Float64Array(sequence.length);
    this.load(sequence);
  }

  /** Takes over an order of the jobs. */
  load(sequence: Int32Array): void {
    this.#sequence.set(sequence);
    this.#measure(0);
  }

  /** A copy of the sequence. */
  sequence(): Int32Array {
    return this.#sequence.slice();
  }

  /** [from, to) and [otherFrom, otherTo), which lies behind it, change places. */
  exchange(from: number, to: number, otherFrom: number, otherTo: number): void {
    const sequence = this.sequence();
    let place = from;
    for (const [first, end] of [[otherFrom, otherTo], [to, otherFrom], [from, to]] as const) {
      this.#sequence.set(sequence.subarray(first, end), place);
      place += end - first;
    }
    this.#measure(from);
  }

  /** What all jobs cost. */
  get cost(): number {
    return this.costs.costAsIs(0, this.length);
  }

  /** The job before a place, -1 for none. */
  jobBefore(place: number): number {
    return place === 0 ? -1 : (this.#sequence[place - 1] ?? 0);
  }

  /** The end of the job before a place, 0 for none. */
  endBefore(place: number): number {
    return place === 0 ? 0 : (this.#end[place - 1] ?? 0);
  }

  /** How much later the job at a place ends when it follows on `before`, which ended at `end`; behind the last job: how much later the machine is done. */
  shift(before: number, end: number, place: number): number {
    return place === this.length ? end - this.endBefore(place) : this.#endAfter(before, end, this.#sequence[place] ?? 0) - (this.#end[place] ?? 0);
  }

  #endAfter(before: number, end: number, job: number): number {
    return end + setupTicks(this.#work, 0, before, job) + (this.#work.duration[job] ?? 0);
  }

  #measure(from: number): void {
    for (let place = from; place < this.length; place++) this.#end[place] = this.#endAfter(this.jobBefore(place), this.endBefore(place), this.#sequence[place] ?? 0);
    this.costs.load(this.#sequence, this.#end);
  }
}
