import { type ParallelWork, setupTicks } from './parallel-work.ts';
import { WaitingFamilies } from './waiting-families.ts';

/** Jobs that are looked at, at most, for one that fits before a locked start: where setups let hardly any, all that wait would be. */
const mostLooks = 100;

/**
 * What a dispatch rule makes of each job on a machine, in parts that do not change with time: at `now` the priority is the lesser of
 * urgent[job] and calm[job] + now / scale, less the setup by `setupScale`.
 */
export interface StaticPriority {
  readonly urgent: Float64Array;
  /** Undefined where time does not matter. */
  readonly calm: Float64Array | undefined;
  readonly scale: number;
  /** Infinity where setups do not matter. */
  readonly setupScale: number;
}

/** The jobs that wait for a machine, found by their priority in O(families + log jobs); where setups do not matter all are of one family. */
export class DispatchQueue {
  readonly #work: ParallelWork;
  readonly #machine: number;
  readonly #priority: StaticPriority;
  readonly #waits: Uint8Array;
  /** Jobs in the order of their releases, and how many of them have been let in. */
  readonly #arriving: Int32Array;
  #arrived = 0;
  readonly #waiting: WaitingFamilies;
  /** The machine's jobs from the shortest, and how many of them have been taken for good. */
  #byDuration: Int32Array | undefined;
  #shortest = 0;

  /** `arriving`: the machine's jobs in the order of their releases; `rank`: per job, its place in that order, which decides between equals; `waits`: per job, 0 once it is taken. */
  constructor(work: ParallelWork, machine: number, arriving: Int32Array, rank: Int32Array, priority: StaticPriority, waits: Uint8Array) {
    this.#work = work;
    this.#machine = machine;
    this.#arriving = arriving;
    this.#priority = priority;
    this.#waits = waits;
    this.#waiting = new WaitingFamilies(work, machine, arriving, rank, priority, waits);
  }

  /**
   * The job to run next behind `before` (-1 for none): of those that have arrived, else of those that arrive first; -1 where none `fits`. What does
   * must end by `limit`, the next locked start: where that is finite, jobs of low priority may be left out of the search.
   */
  best(now: number, before: number, limit: number, fits: (job: number) => boolean): number {
    if (limit < Infinity && now + this.#leastTicks() > limit) return -1;
    this.#letIn(now);
    const passedOver: number[] = [];
    let best = this.#waiting.top(now, before);
    while (best >= 0 && !fits(best)) {
      passedOver.push(best);
      this.#waiting.remove(best);
      best = limit < Infinity && passedOver.length === mostLooks ? -1 : this.#waiting.top(now, before);
    }
    for (const job of passedOver) this.#waiting.add(job);
    return best >= 0 ? best : this.#firstToArrive(now, before, limit, fits);
  }

  /** The ticks of the shortest job that waits or arrives. */
  #leastTicks(): number {
    const { duration, jobs } = this.#work;
    const ticks = (job: number): number => duration[this.#machine * jobs + job] ?? 0;
    this.#byDuration ??= this.#arriving.slice().sort((a, b) => ticks(a) - ticks(b));
    while (this.#waits[this.#byDuration[this.#shortest] ?? -1] === 0) this.#shortest++;
    return ticks(this.#byDuration[this.#shortest] ?? 0);
  }

  /** Lets in what has arrived until `now`. */
  #letIn(now: number): void {
    const { release } = this.#work;
    for (; this.#arrived < this.#arriving.length; this.#arrived++) {
      const job = this.#arriving[this.#arrived] ?? 0;
      if ((release[job] ?? 0) > now) break;
      if (this.#waits[job] === 1) this.#waiting.add(job);
    }
  }

  #firstToArrive(now: number, before: number, limit: number, fits: (job: number) => boolean): number {
    let best = -1;
    let highest = -Infinity;
    let arrival = limit;
    for (let k = this.#arrived; k < this.#arriving.length; k++) {
      const job = this.#arriving[k] ?? 0;
      if ((this.#work.release[job] ?? 0) > arrival) break;
      if (this.#waits[job] === 0) continue;
      const value = this.#valueBehind(before, job, now);
      if ((best >= 0 && value <= highest) || !fits(job)) continue;
      best = job;
      highest = value;
      arrival = this.#work.release[job] ?? 0;
    }
    return best;
  }

  #valueBehind(before: number, job: number, now: number): number {
    const { urgent, calm, scale, setupScale } = this.#priority;
    const value = Math.min(urgent[job] ?? 0, calm === undefined ? Infinity : (calm[job] ?? 0) + now / scale);
    return value - setupTicks(this.#work, this.#machine, before, job) / setupScale;
  }
}
