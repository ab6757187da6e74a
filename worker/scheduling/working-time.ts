import type { Calendar } from './problem.ts';

/** Looks up working time in a calendar: where work that is ready at a tick starts and ends. Each look-up takes O(log windows). */
export class WorkingTime {
  readonly #calendar: Calendar;
  /** Index of the first window that repeats; the number of windows where none does. */
  readonly #firstRepeated: number;
  /** Working ticks before each window, then in all of them. */
  readonly #workBefore: Float64Array;

  constructor(calendar: Calendar) {
    const { starts, ends, repeatFrom, period } = calendar;
    this.#calendar = calendar;
    const first = period === Infinity ? -1 : starts.findIndex((start) => start >= repeatFrom);
    this.#firstRepeated = first < 0 ? starts.length : first;
    this.#workBefore = new Float64Array(starts.length + 1);
    for (let i = 0; i < starts.length; i++) this.#workBefore[i + 1] = (this.#workBefore[i] ?? 0) + (ends[i] ?? 0) - (starts[i] ?? 0);
  }

  /** The earliest start, not before `ready`, of `ticks` of work; Infinity where work that must not pause fits no window. Work of no ticks starts at once. */
  start(ready: number, ticks: number): number {
    // What comes behind work that fits no window comes never.
    if (ticks === 0 || ready === Infinity) return ready;
    const needed = this.#calendar.pausing ? 1 : ticks;
    const first = this.#windowAt(ready);
    // Beyond one whole period nothing new comes.
    const last = first + this.#calendar.starts.length + 1;
    for (let window = Math.max(first, 0); window <= last; window++) {
      const start = Math.max(ready, this.#startOf(window));
      if (this.#endOf(window) - start >= needed) return start;
    }
    return Infinity;
  }

  /** The end of `ticks` of work that starts at `start`, a tick that `start()` gave. */
  end(start: number, ticks: number): number {
    if (ticks === 0 || start === Infinity || !this.#calendar.pausing) return start + ticks;
    const window = this.#windowAt(start);
    if (start + ticks <= this.#endOf(window)) return start + ticks;
    const work = this.#workBeforeWindow(window) + start - this.#startOf(window) + ticks;
    const last = this.#windowOfWork(work);
    return this.#startOf(last) + work - this.#workBeforeWindow(last);
  }

  /** Working ticks in [from, to). */
  between(from: number, to: number): number {
    return this.#workUntil(to) - this.#workUntil(from);
  }

  #workUntil(time: number): number {
    const window = this.#windowAt(time);
    if (window < 0) return 0;
    return this.#workBeforeWindow(window) + Math.min(time, this.#endOf(window)) - this.#startOf(window);
  }

  /** The last window that starts at or before `time`, counted through all periods; -1 where none does. */
  #windowAt(time: number): number {
    const { starts, repeatFrom, period } = this.#calendar;
    const first = this.#firstRepeated;
    if (first === starts.length || time < repeatFrom) return lastAtMost(starts, 0, first, time);
    const round = Math.floor((time - repeatFrom) / period);
    return round * (starts.length - first) + lastAtMost(starts, first, starts.length, time - round * period);
  }

  /** The window in which the `work`-th working tick ends. */
  #windowOfWork(work: number): number {
    const count = this.#calendar.starts.length;
    const first = this.#firstRepeated;
    const before = this.#workBefore;
    const once = before[first] ?? 0;
    if (first === count || work <= once) return lastAtMost(before, 0, first, work - 1);
    const each = (before[count] ?? 0) - once;
    const round = Math.ceil((work - once) / each) - 1;
    return round * (count - first) + lastAtMost(before, first, count, work - round * each - 1);
  }

  #startOf(window: number): number {
    return (this.#calendar.starts[this.#base(window)] ?? Infinity) + this.#shift(window);
  }

  #endOf(window: number): number {
    return (this.#calendar.ends[this.#base(window)] ?? -Infinity) + this.#shift(window);
  }

  #workBeforeWindow(window: number): number {
    const count = this.#calendar.starts.length;
    const first = this.#firstRepeated;
    const base = this.#workBefore[this.#base(window)] ?? 0;
    return window < count ? base : base + Math.floor((window - first) / (count - first)) * ((this.#workBefore[count] ?? 0) - (this.#workBefore[first] ?? 0));
  }

  #base(window: number): number {
    const count = this.#calendar.starts.length;
    const first = this.#firstRepeated;
    return window < count || first === count ? window : first + ((window - first) % (count - first));
  }

  #shift(window: number): number {
    const count = this.#calendar.starts.length;
    const first = this.#firstRepeated;
    return window < count || first === count ? 0 : Math.floor((window - first) / (count - first)) * this.#calendar.period;
  }
}

/** The last index of the ascending values[from] to values[to - 1] whose value is at most `limit`; from - 1 where none is. */
function lastAtMost(values: Float64Array, from: number, to: number, limit: number): number {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((values[middle] ?? 0) <= limit) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
