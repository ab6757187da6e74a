import { type Calendar } from '../problem.ts';
import { WorkingTime } from '../working-time.ts';

/** Windows kept laid out; work beyond them is looked up in the calendar itself. */
const windowLimit = 20_000;

/** A machine's calendar laid out as tables, so that an inner loop finds the end of a piece of work in O(1); ticks as in `Calendar`. */
export class MachineClock {
  readonly #calendar: WorkingTime;
  /** True: work may stop at a window's end and go on at the next start. */
  readonly pausing: boolean;
  readonly #count: number;
  readonly #starts: Float64Array;
  readonly #ends: Float64Array;
  /** Working ticks before each window, then in all of them. */
  readonly #before: Float64Array;
  readonly #byTime: LookUp;
  readonly #byWork: LookUp;

  /** `horizon`: working ticks that are to be found quickly. */
  constructor(calendar: Calendar, horizon: number) {
    const { starts, ends, before } = laidOut(calendar, horizon);
    this.#calendar = new WorkingTime(calendar);
    this.pausing = calendar.pausing;
    this.#count = starts.length;
    this.#starts = Float64Array.from([...starts, Infinity]);
    this.#ends = Float64Array.from(ends);
    this.#before = Float64Array.from(before);
    this.#byTime = new LookUp(starts);
    this.#byWork = new LookUp(before.slice(0, -1));
  }

  /** Working ticks in the windows that are laid out. */
  get laidOut(): number {
    return this.#before[this.#count] ?? 0;
  }

  /** The earliest end of `ticks` of work that begins at or after `ready`; Infinity where it can never be done. */
  endAfter(ready: number, ticks: number): number {
    if (ticks === 0) return ready;
    if (ready === Infinity || ticks === Infinity) return Infinity; // the tables would be searched without end
    const window = this.#byTime.lastAtMost(ready);
    if (!this.pausing) return this.#endWithoutPause(window, ready, ticks);
    const work = this.#workAt(window, ready) + ticks;
    return work > (this.#before[this.#count] ?? 0) ? this.#slowEnd(ready, ticks) : this.timeOfWork(work);
  }

  /** The earliest start of `ticks` of work at or after `ready`. */
  startAfter(ready: number, ticks: number): number {
    return ready === Infinity ? Infinity : this.#calendar.start(ready, ticks);
  }

  /** Working ticks before `time`. */
  workBefore(time: number): number {
    const window = this.#byTime.lastAtMost(time);
    return window === this.#count - 1 && time > (this.#ends[window] ?? 0) ? this.#calendar.between(0, time) : this.#workAt(window, time);
  }

  /** The tick at which the `work`-th working tick from 0 on ends; 0 for none, Infinity for endless work. */
  timeOfWork(work: number): number {
    if (work <= 0) return 0;
    if (work === Infinity) return Infinity; // the calendar would be searched without end
    if (work > (this.#before[this.#count] ?? 0)) return this.#pastTables(work);
    // The window in which a tick ends is the last one with less work before it.
    let window = this.#byWork.lastAtMost(work);
    while ((this.#before[window] ?? 0) >= work) window--;
    return (this.#starts[window] ?? 0) + work - (this.#before[window] ?? 0);
  }

  /** Working ticks before each window that begins before `horizon` working ticks. */
  windowBorders(horizon: number): Float64Array {
    return this.#before.filter((work) => work < horizon);
  }

  #workAt(window: number, time: number): number {
    const start = this.#starts[window] ?? 0;
    const end = this.#ends[window] ?? 0;
    return (this.#before[window] ?? 0) + (time <= start ? 0 : (time < end ? time : end) - start);
  }

  #endWithoutPause(from: number, ready: number, ticks: number): number {
    for (let window = from; window < this.#count; window++) {
      const opens = this.#starts[window] ?? 0;
      const start = ready > opens ? ready : opens;
      if ((this.#ends[window] ?? 0) - start >= ticks) return start + ticks;
    }
    return this.#slowEnd(ready, ticks);
  }

  #slowEnd(ready: number, ticks: number): number {
    const start = this.#calendar.start(ready, ticks);
    return start === Infinity ? Infinity : this.#calendar.end(start, ticks);
  }

  #pastTables(work: number): number {
    const last = this.#ends[this.#count - 1] ?? 0;
    let high = Math.max(1, last);
    while (this.#calendar.between(0, last + high) < work) high *= 2;
    let low = 0;
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (this.#calendar.between(0, last + middle) < work) low = middle;
      else high = middle;
    }
    return last + high;
  }
}

/** Finds places in ascending values by a table of equal steps. */
class LookUp {
  readonly #values: Float64Array;
  readonly #first: Int32Array;
  readonly #perTick: number;

  constructor(values: readonly number[]) {
    this.#values = Float64Array.from([...values, Infinity]);
    const buckets = 4 * values.length;
    const span = Math.max(1, values.at(-1) ?? 1);
    this.#perTick = (buckets - 1) / span;
    this.#first = new Int32Array(buckets);
    let place = 0;
    for (let bucket = 0; bucket < buckets; bucket++) {
      while ((this.#values[place + 1] ?? Infinity) * this.#perTick < bucket) place++;
      this.#first[bucket] = place;
    }
  }

  /** The index of the last value at or below `value`; 0 where all are above. */
  lastAtMost(value: number): number {
    const bucket = Math.floor(value * this.#perTick);
    let place = this.#first[bucket < this.#first.length ? bucket : this.#first.length - 1] ?? 0;
    while ((this.#values[place + 1] ?? Infinity) <= value) place++;
    return place;
  }
}

function laidOut(calendar: Calendar, horizon: number): { starts: number[]; ends: number[]; before: number[] } {
  const starts = [...calendar.starts];
  const ends = [...calendar.ends];
  const before = [0];
  const add = (i: number): number => (before[i] ?? 0) + (ends[i] ?? 0) - (starts[i] ?? 0);
  for (let i = 0; i < starts.length; i++) before.push(add(i));
  const first = calendar.starts.findIndex((start) => start >= calendar.repeatFrom);
  const each = starts.length - first;
  while (calendar.period < Infinity && (before.at(-1) ?? 0) < horizon && starts.length < windowLimit) {
    const i = starts.length;
    starts.push((starts[i - each] ?? 0) + calendar.period);
    ends.push((ends[i - each] ?? 0) + calendar.period);
    before.push(add(i));
  }
  return { starts, ends, before };
}
