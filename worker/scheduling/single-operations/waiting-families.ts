import { PriorityHeap } from '../priority-heap.ts';
import type { StaticPriority } from './dispatch-queue.ts';
import { type ParallelWork } from './parallel-work.ts';

/**
 * The jobs that wait for a machine by family, of which all need the same setup: those whose time counts and those that are urgent in heaps of their own. What is on top
 * of these is kept in flat arrays, through which each search goes; a job that another machine has taken stays there until a search comes upon it.
 */
export class WaitingFamilies {
  readonly #work: ParallelWork;
  readonly #machine: number;
  readonly #priority: StaticPriority;
  readonly #waits: Uint8Array;
  /** Per family: its place in the lists below, -1 where the machine has no jobs of it. */
  readonly #placeOf: Int32Array;
  readonly #families: Int32Array;
  readonly #urgent: readonly PriorityHeap[];
  /** Those whose priority still grows; empty where time does not matter. */
  readonly #calm: readonly PriorityHeap[];
  /** The most urgent job, -1 for none, and its priority; the calm one that is highest, the part of its priority that does not change, and its highest. */
  readonly #pressing: Int32Array;
  readonly #pressure: Float64Array;
  readonly #growing: Int32Array;
  readonly #growth: Float64Array;
  readonly #grown: Float64Array;

  /** `jobs`: all of the machine; `rank`: per job, what decides between equals; `waits`: per job, 0 once it is taken. */
  constructor(work: ParallelWork, machine: number, jobs: Int32Array, rank: Int32Array, priority: StaticPriority, waits: Uint8Array) {
    this.#work = work;
    this.#machine = machine;
    this.#priority = priority;
    this.#waits = waits;
    this.#placeOf = new Int32Array(Math.max(1, work.familyCount)).fill(-1);
    const families: number[] = [];
    for (const job of jobs) {
      const family = this.#familyOf(job);
      if ((this.#placeOf[family] ?? 0) < 0) this.#placeOf[family] = families.push(family) - 1;
    }
    this.#families = Int32Array.from(families);
    const heaps = (keys: Float64Array): PriorityHeap[] => families.map(() => new PriorityHeap(keys, rank, waits));
    this.#urgent = heaps(priority.urgent);
    this.#calm = priority.calm === undefined ? [] : heaps(priority.calm);
    const none = (): Float64Array => new Float64Array(families.length).fill(-Infinity);
    this.#pressing = new Int32Array(families.length).fill(-1);
    this.#pressure = none();
    this.#growing = new Int32Array(families.length).fill(-1);
    this.#growth = none();
    this.#grown = new Float64Array(families.length).fill(Infinity);
  }

  /** Lets a job wait. */
  add(job: number): void {
    const place = this.#placeOf[this.#familyOf(job)] ?? 0;
    (this.#calm[place] ?? this.#urgent[place])?.push(job);
    this.#note(place);
  }

  /** Takes out the job that `top` gave, until it is added again. */
  remove(job: number): void {
    const place = this.#placeOf[this.#familyOf(job)] ?? 0;
    (this.#pressing[place] === job ? this.#urgent[place] : this.#calm[place])?.pop();
    this.#note(place);
  }

  /** The job of the highest priority behind `before` (-1 for none); -1 where none waits. */
  top(now: number, before: number): number {
    const time = now / this.#priority.scale;
    const { setupScale } = this.#priority;
    const families = this.#families;
    const setups = before < 0 ? this.#work.initial[this.#machine] : this.#work.between[this.#machine];
    const row = before < 0 ? 0 : (this.#work.family[before] ?? 0) * this.#work.familyCount;
    let best = -1;
    let highest = -Infinity;
    for (let place = 0; place < families.length; place++) {
      let growing = (this.#growth[place] ?? 0) + time;
      if (growing >= (this.#grown[place] ?? 0)) {
        this.#hasten(place, time);
        growing = (this.#growth[place] ?? 0) + time;
      }
      // Without a due date a priority may be -Infinity.
      if ((this.#pressing[place] ?? -1) < 0 && (this.#growing[place] ?? -1) < 0) continue;
      const pressure = this.#pressure[place] ?? 0;
      let value = pressure > growing ? pressure : growing;
      if (setups !== undefined) value -= (setups[row + (families[place] ?? 0)] ?? 0) / setupScale;
      if (value < highest) continue;
      const job = this.#first(place, growing);
      if (this.#waits[job] === 0) {
        // Another machine has taken it: what is behind it is less.
        this.#note(place);
        place--;
        continue;
      }
      if (value === highest && !this.#isBefore(job, best)) continue;
      highest = value;
      best = job;
    }
    return best;
  }

  /** The job of a family whose priority is higher. */
  #first(place: number, growing: number): number {
    const [pressing, calm] = [this.#pressing[place] ?? -1, this.#growing[place] ?? -1];
    if (pressing < 0 || calm < 0) return Math.max(pressing, calm);
    const difference = (this.#pressure[place] ?? 0) - growing;
    return difference > 0 || (difference === 0 && this.#isBefore(pressing, calm)) ? pressing : calm;
  }

  #isBefore(job: number, other: number): boolean {
    return this.#urgent[0]?.isBefore(job, other) ?? false;
  }

  /** Moves jobs of a family whose priority grows no more to those that are urgent. */
  #hasten(place: number, time: number): void {
    const calm = this.#calm[place];
    const { urgent, calm: keys } = this.#priority;
    for (let job = calm?.top() ?? -1; job >= 0 && (keys?.[job] ?? 0) + time >= (urgent[job] ?? 0); job = calm?.top() ?? -1) {
      calm?.pop();
      this.#urgent[place]?.push(job);
    }
    this.#note(place);
  }

  /** Notes what is on top of a family. */
  #note(place: number): void {
    const { urgent, calm } = this.#priority;
    const pressing = this.#urgent[place]?.top() ?? -1;
    const growing = this.#calm[place]?.top() ?? -1;
    this.#pressing[place] = pressing;
    this.#pressure[place] = pressing < 0 ? -Infinity : (urgent[pressing] ?? 0);
    this.#growing[place] = growing;
    this.#growth[place] = growing < 0 ? -Infinity : (calm?.[growing] ?? 0);
    this.#grown[place] = growing < 0 ? Infinity : (urgent[growing] ?? 0);
  }

  #familyOf(job: number): number {
    return this.#priority.setupScale === Infinity ? 0 : (this.#work.family[job] ?? 0);
  }
}
