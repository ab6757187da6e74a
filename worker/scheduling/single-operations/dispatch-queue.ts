import { PriorityHeap } from '../priority-heap.ts';
import { type ParallelWork, setupTicks } from './parallel-work.ts';

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

/**
 * The jobs that wait for a machine, found by their priority in O(families + log jobs): by family, of which all jobs need the same setup, those
 * whose time counts and those that are urgent in heaps of their own; where setups do not matter all are of one family. A job that another machine has taken drops out when
 * it comes to the top.
 */
export class DispatchQueue {
  readonly #work: ParallelWork;
  readonly #machine: number;
  readonly #priority: StaticPriority;
  readonly #waits: Uint8Array;
  /** Jobs in the order of their releases, and how many of them have been let in. */
  readonly #arriving: Int32Array;
  #arrived = 0;
  /** Of each family, those that have arrived; undefined for families that the machine has no jobs of. */
  readonly #waiting: (WaitingFamily | undefined)[] = [];
  readonly #families: WaitingFamily[] = [];
  /** The machine's jobs from the shortest, and how many of them have been taken for good. */
  readonly #byDuration: Int32Array;
  #shortest = 0;

  /** `arriving`: the machine's jobs in the order of their releases; `rank`: per job, its place in that order, which decides between equals; `waits`: per job, 0 once it is taken. */
  constructor(work: ParallelWork, machine: number, arriving: Int32Array, rank: Int32Array, priority: StaticPriority, waits: Uint8Array) {
    this.#work = work;
    this.#machine = machine;
    this.#arriving = arriving;
    this.#priority = priority;
    this.#waits = waits;
    const ticks = (job: number): number => work.duration[machine * work.jobs + job] ?? 0;
    this.#byDuration = arriving.slice().sort((a, b) => ticks(a) - ticks(b));
    for (const job of arriving) {
      const family = this.#familyOf(job);
      if (this.#waiting[family] !== undefined) continue;
      const { urgent, calm } = priority;
      const waiting = { urgent: new PriorityHeap(urgent, rank, waits), calm: calm && new PriorityHeap(calm, rank, waits) };
      this.#waiting[family] = waiting;
      this.#families.push(waiting);
    }
  }

  /**
   * The job to run next behind `before` (-1 for none): of those that have arrived, else of those that arrive first; -1 where none `fits`. What does
   * must end by `limit`, the next locked start: where that is finite, jobs of low priority may be left out of the search.
   */
  best(now: number, before: number, limit: number, fits: (job: number) => boolean): number {
    if (now + this.#leastTicks() > limit) return -1;
    this.#letIn(now);
    const passedOver: number[] = [];
    let best = this.#top(now, before);
    while (best >= 0 && !fits(best)) {
      passedOver.push(best);
      this.#heapOf(best, now)?.pop();
      best = limit < Infinity && passedOver.length === mostLooks ? -1 : this.#top(now, before);
    }
    for (const job of passedOver) this.#heapOf(job, now)?.push(job);
    return best >= 0 ? best : this.#firstToArrive(now, before, limit, fits);
  }

  /** The ticks of the shortest job that waits or arrives. */
  #leastTicks(): number {
    const { duration, jobs } = this.#work;
    while (this.#waits[this.#byDuration[this.#shortest] ?? -1] === 0) this.#shortest++;
    return duration[this.#machine * jobs + (this.#byDuration[this.#shortest] ?? 0)] ?? 0;
  }

  #familyOf(job: number): number {
    return this.#priority.setupScale === Infinity ? 0 : (this.#work.family[job] ?? 0);
  }

  /** Lets in what has arrived until `now`. */
  #letIn(now: number): void {
    const { release } = this.#work;
    for (; this.#arrived < this.#arriving.length; this.#arrived++) {
      const job = this.#arriving[this.#arrived] ?? 0;
      if ((release[job] ?? 0) > now) break;
      if (this.#waits[job] === 1) this.#heapOf(job, -Infinity)?.push(job);
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

  /** The job of the highest priority of those let in; -1 where there is none. */
  #top(now: number, before: number): number {
    let best = -1;
    let highest = -Infinity;
    for (const { urgent, calm } of this.#families) {
      let waiting = calm === undefined ? -1 : calm.top();
      while (waiting >= 0 && this.#isUrgent(waiting, now)) {
        calm?.pop();
        urgent.push(waiting);
        waiting = calm?.top() ?? -1;
      }
      const pressing = urgent.top();
      let job = waiting >= 0 ? waiting : pressing;
      if (job < 0) continue;
      if (pressing >= 0 && pressing !== job) {
        const difference = this.#valueOf(pressing, now) - this.#valueOf(job, now);
        if (difference > 0 || (difference === 0 && urgent.isBefore(pressing, job))) job = pressing;
      }
      // All jobs of a family need the same setup.
      const value = this.#valueBehind(before, job, now);
      if (value < highest || (value === highest && !urgent.isBefore(job, best))) continue;
      highest = value;
      best = job;
    }
    return best;
  }

  #valueBehind(before: number, job: number, now: number): number {
    return this.#valueOf(job, now) - setupTicks(this.#work, this.#machine, before, job) / this.#priority.setupScale;
  }

  #valueOf(job: number, now: number): number {
    const { urgent, calm, scale } = this.#priority;
    return Math.min(urgent[job] ?? 0, calm === undefined ? Infinity : (calm[job] ?? 0) + now / scale);
  }

  #isUrgent(job: number, now: number): boolean {
    const { urgent, calm, scale } = this.#priority;
    return calm === undefined || (calm[job] ?? 0) + now / scale >= (urgent[job] ?? 0);
  }

  /** The heap that a job is in, or belongs into, at `now`. */
  #heapOf(job: number, now: number): PriorityHeap | undefined {
    const waiting = this.#waiting[this.#familyOf(job)];
    return this.#isUrgent(job, now) ? waiting?.urgent : waiting?.calm;
  }
}

interface WaitingFamily {
  readonly urgent: PriorityHeap;
  /** Those whose priority still grows; undefined where time does not matter. */
  readonly calm: PriorityHeap | undefined;
}
