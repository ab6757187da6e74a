import { type RandomStream } from '../random-stream.ts';
import { type MachinePlan } from './machine-plan.ts';
import { type ParallelWork } from './parallel-work.ts';

/** One stretch of a machine's sequence and what comes in its place: list[first] to list[first + count - 1]. */
export interface SequenceChange {
  machine: number;
  from: number;
  to: number;
  first: number;
  count: number;
}

/** Jobs moved together at most. */
const longestBlock = 12;

/**
 * Random neighbours of a plan: a job or a block of jobs is moved to another place of its own or of another machine, or two jobs change
 * places. A move changes one stretch (`changes` = 1) or one on each of two machines (2); its lists lie in `list`.
 */
export class SequenceMoves {
  readonly a: SequenceChange = { machine: 0, from: 0, to: 0, first: 0, count: 0 };
  readonly b: SequenceChange = { machine: 0, from: 0, to: 0, first: 0, count: 0 };
  readonly list: Int32Array;
  /** Stretches that the last proposed move changes. */
  changes = 0;
  /** The jobs of which one is drawn for each move. */
  jobs: readonly number[];
  readonly #work: ParallelWork;
  readonly #plan: MachinePlan;
  readonly #random: RandomStream;
  /** Jobs of each family, family by family. */
  readonly #byFamily: Int32Array;
  readonly #familyStart: Int32Array;
  readonly #near: number;

  constructor(plan: MachinePlan, random: RandomStream) {
    this.#work = plan.work;
    this.#plan = plan;
    this.#random = random;
    this.jobs = plan.movable;
    this.list = new Int32Array(2 * plan.work.jobs + 2 * longestBlock);
    const { jobs, family, familyCount } = plan.work;
    const order = plan.movable.toSorted((x, y) => (family[x] ?? 0) - (family[y] ?? 0));
    this.#byFamily = Int32Array.from(order);
    this.#familyStart = new Int32Array(familyCount + 2);
    for (const job of order) this.#familyStart[(family[job] ?? 0) + 1] = (this.#familyStart[(family[job] ?? 0) + 1] ?? 0) + 1;
    for (let f = 0; f <= familyCount; f++) this.#familyStart[f + 1] = (this.#familyStart[f + 1] ?? 0) + (this.#familyStart[f] ?? 0);
    this.#near = Math.max(12, Math.ceil(60 - (20 * jobs) / 10_000));
  }

  /** Proposes a move; gives the number of stretches that it changes, 0 where the draw came to nothing. */
  propose(): number {
    this.changes = this.#propose();
    return this.changes;
  }

  #propose(): number {
    const random = this.#random;
    const job = this.jobs[random.below(this.jobs.length)] ?? 0;
    const kind = random.below(8);
    if (kind < 3) return this.#swap(job);
    return this.#move(job, kind === 7 ? 2 + random.below(longestBlock - 1) : 1);
  }

  #swap(job: number): number {
    const plan = this.#plan;
    const machine = plan.machineOf[job] ?? 0;
    const other = this.#randomMachine(job);
    const length = plan.lengths[other] ?? 0;
    if (length === 0) return 0;
    const place = Math.min(length - 1, this.#placeNear(other, job));
    const partner = plan.jobAt(other, place);
    if (partner === job || !this.#canRun(partner, machine)) return 0;
    const position = plan.positionOf[job] ?? 0;
    if (other !== machine) {
      this.list[0] = partner;
      this.list[1] = job;
      set(this.a, machine, position, position + 1, 0, 1);
      set(this.b, other, place, place + 1, 1, 1);
      return 2;
    }
    const from = Math.min(position, place);
    const to = Math.max(position, place);
    let count = 0;
    this.list[count++] = plan.jobAt(machine, to);
    for (let k = from + 1; k < to; k++) this.list[count++] = plan.jobAt(machine, k);
    this.list[count++] = plan.jobAt(machine, from);
    set(this.a, machine, from, to + 1, 0, count);
    return 1;
  }

  #move(job: number, size: number): number {
    const plan = this.#plan;
    const machine = plan.machineOf[job] ?? 0;
    const from = plan.positionOf[job] ?? 0;
    const to = Math.min(plan.lengths[machine] ?? 0, from + size);
    let other = this.#randomMachine(job);
    let place: number;
    const mate = this.#work.familyCount > 0 && this.#random.below(3) === 0 ? this.#familyMate(job) : job;
    if (mate !== job && this.#canRun(job, plan.machineOf[mate] ?? 0)) {
      other = plan.machineOf[mate] ?? 0;
      place = (plan.positionOf[mate] ?? 0) + this.#random.below(2);
    } else {
      place = this.#placeNear(other, job);
    }
    if (other === machine) return this.#moveWithin(machine, from, to, place);
    for (let k = from; k < to; k++) {
      const moved = plan.jobAt(machine, k);
      if (k > from && !this.#canRun(moved, other)) return 0;
      this.list[k - from] = moved;
    }
    set(this.a, machine, from, to, 0, 0);
    set(this.b, other, place, place, 0, to - from);
    return 2;
  }

  #moveWithin(machine: number, from: number, to: number, place: number): number {
    const plan = this.#plan;
    if (place >= from && place <= to) return 0;
    let count = 0;
    const low = Math.min(from, place);
    const high = Math.max(to, place);
    if (place < from) for (let k = from; k < to; k++) this.list[count++] = plan.jobAt(machine, k);
    for (let k = low; k < high; k++) if (k < from || k >= to) this.list[count++] = plan.jobAt(machine, k);
    if (place > to) for (let k = from; k < to; k++) this.list[count++] = plan.jobAt(machine, k);
    set(this.a, machine, low, high, 0, count);
    return 1;
  }

  #familyMate(job: number): number {
    const family = this.#work.family[job] ?? 0;
    const first = this.#familyStart[family] ?? 0;
    return this.#byFamily[first + this.#random.below((this.#familyStart[family + 1] ?? 0) - first)] ?? job;
  }

  #randomMachine(job: number): number {
    const first = this.#work.eligibleStart[job] ?? 0;
    return this.#work.eligible[first + this.#random.below((this.#work.eligibleStart[job + 1] ?? 0) - first)] ?? 0;
  }

  #canRun(job: number, machine: number): boolean {
    return (this.#work.duration[machine * this.#work.jobs + job] ?? Infinity) < Infinity;
  }

  /** A place on a machine, from 0 to its length: anywhere, and on a long one as often about the time of the job. */
  #placeNear(machine: number, job: number): number {
    const plan = this.#plan;
    const length = plan.lengths[machine] ?? 0;
    if (length <= 2 * this.#near || this.#random.below(2) === 0) return this.#random.below(length + 1);
    const time = plan.endOf(job);
    let low = 0;
    let high = length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (plan.endOf(plan.jobAt(machine, middle)) < time) low = middle + 1;
      else high = middle;
    }
    return Math.max(0, Math.min(length, low - this.#near + this.#random.below(2 * this.#near + 1)));
  }
}

function set(change: SequenceChange, machine: number, from: number, to: number, first: number, count: number): void {
  change.machine = machine;
  change.from = from;
  change.to = to;
  change.first = first;
  change.count = count;
}
