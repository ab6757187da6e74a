import { type MachineClock } from './machine-clock.ts';
import { type ParallelWork } from './parallel-work.ts';

/** Prices of a machine's working ticks, constant on cells, and the cheapest place of a job at these prices. Places are starts in working ticks. */
export class MachinePrices {
  /** The start that `cheapest` found. */
  place = 0;
  readonly #work: ParallelWork;
  readonly #clock: MachineClock | undefined;
  readonly #row: number;
  readonly #setups: Float64Array;
  readonly #due: Float64Array;
  /** Borders of the cells in working ticks, 0 first; beyond the last the time is free. */
  readonly #borders: Float64Array;
  readonly #price: Float64Array;
  readonly #former: Float64Array;
  /** At each border: the price of all before it. */
  readonly #before: Float64Array;
  /** Per cell: ticks taken. */
  readonly #taken: Float64Array;

  constructor(work: ParallelWork, machine: number, setups: Float64Array, due: Float64Array, makespan: number, cells: number) {
    this.#work = work;
    this.#clock = work.clocks[machine];
    this.#row = machine * work.jobs;
    this.#setups = setups;
    this.#due = due;
    const horizon = Math.max(1, this.#workBefore(makespan));
    this.#borders = cellBorders(this.#clock, horizon, cells);
    this.#price = new Float64Array(this.#borders.length - 1);
    this.#former = new Float64Array(this.#borders.length - 1);
    this.#taken = new Float64Array(this.#borders.length - 1);
    this.#before = new Float64Array(this.#borders.length);
  }

  /**
   * Starts from the prices that fit a schedule of the machine, its jobs with their ends in the order in which they run: from the end on, the
   * price of a tick rises by weight / duration over each tick of a late job.
   */
  startFrom(schedule: readonly { readonly job: number; readonly end: number }[]): void {
    let price = 0;
    let next = schedule.length - 1;
    for (let cell = this.#price.length - 1; cell >= 0; cell--) {
      const middle = ((this.#borders[cell] ?? 0) + (this.#borders[cell + 1] ?? 0)) / 2;
      while (next > 0 && this.#workBefore(schedule[next - 1]?.end ?? 0) > middle) next--;
      const running = schedule[next];
      if (running !== undefined && this.#workBefore(running.end) > middle && running.end > (this.#due[running.job] ?? 0)) {
        price += ((this.#work.weight[running.job] ?? 0) / Math.max(1, this.#work.duration[this.#row + running.job] ?? 1)) * this.#length(cell);
      }
      this.#price[cell] = price;
    }
    this.changePrices(0);
  }

  /** Multiplies all prices; `restore` undoes it. */
  scale(factor: number): void {
    this.#former.set(this.#price);
    for (let cell = 0; cell < this.#price.length; cell++) this.#price[cell] = (this.#price[cell] ?? 0) * factor;
    this.changePrices(0);
  }

  /** Goes back to the prices before the last `scale`. */
  restore(): void {
    this.#price.set(this.#former);
    this.changePrices(0);
  }

  /** Forgets what is taken. */
  clear(): void {
    this.#taken.fill(0);
  }

  /** The price of the whole time. */
  priceOfAll(): number {
    return this.#before.at(-1) ?? 0;
  }

  /** The least sum of weighted tardiness and prices over all places of a job; the cost is linear between the places that are looked at. */
  cheapest(job: number): number {
    const at = this.#row + job;
    const ticks = this.#work.duration[at] ?? 0;
    const setup = this.#setups[at] ?? 0;
    const locked = this.#work.lockedStart[job] ?? -1;
    if (locked >= 0) {
      this.place = this.#workBefore(locked);
      return this.#costAt(job, this.place, ticks, setup);
    }
    const release = this.#workBefore(this.#work.release[job] ?? 0);
    let place = release;
    let least = this.#costAt(job, release, ticks, setup);
    const due = this.#due[job] ?? Infinity;
    const justInTime = due === Infinity || due <= 0 ? -1 : this.#workBefore(due) - ticks;
    if (justInTime > release) {
      const cost = this.#costAt(job, justInTime, ticks, setup);
      if (cost < least) {
        least = cost;
        place = justInTime;
      }
    }
    const borders = this.#borders;
    for (let k = 0; k < borders.length; k++) {
      const border = borders[k] ?? 0;
      const endsHere = border - ticks;
      if (endsHere > release) {
        const cost = this.#costAt(job, endsHere, ticks, setup);
        if (cost < least) {
          least = cost;
          place = endsHere;
        }
      }
      const startsHere = border + setup;
      if (startsHere > release) {
        const late = this.#tardiness(job, startsHere + ticks);
        if (late >= least) break;
        const cost = late + this.#priceBefore(startsHere + ticks) - (this.#before[k] ?? 0);
        if (cost < least) {
          least = cost;
          place = startsHere;
        }
      }
    }
    this.place = place;
    return least;
  }

  /** Takes the ticks of a job that starts at `place`, with its setup. */
  occupy(job: number, place: number): void {
    const at = this.#row + job;
    const end = place + (this.#work.duration[at] ?? 0);
    const start = Math.max(0, place - (this.#setups[at] ?? 0));
    for (let cell = this.#cellOf(start); cell < this.#taken.length && (this.#borders[cell] ?? 0) < end; cell++) {
      const from = Math.max(start, this.#borders[cell] ?? 0);
      const to = Math.min(end, this.#borders[cell + 1] ?? 0);
      if (to > from) this.#taken[cell] = (this.#taken[cell] ?? 0) + to - from;
    }
  }

  /** The squared length of the subgradient: ticks taken above those that are there, of cells where the price can follow. */
  slope(): number {
    let sum = 0;
    for (let cell = 0; cell < this.#price.length; cell++) {
      const over = this.#over(cell);
      if (over > 0 || (this.#price[cell] ?? 0) > 0) sum += over * over;
    }
    return sum;
  }

  /** Moves the prices along the subgradient; none falls below 0. */
  changePrices(step: number): void {
    for (let cell = 0; cell < this.#price.length; cell++) {
      this.#price[cell] = Math.max(0, (this.#price[cell] ?? 0) + step * this.#over(cell));
      this.#before[cell + 1] = (this.#before[cell] ?? 0) + (this.#price[cell] ?? 0) * this.#length(cell);
    }
  }

  #over(cell: number): number {
    return (this.#taken[cell] ?? 0) - this.#length(cell);
  }

  #length(cell: number): number {
    return (this.#borders[cell + 1] ?? 0) - (this.#borders[cell] ?? 0);
  }

  #costAt(job: number, start: number, ticks: number, setup: number): number {
    return this.#tardiness(job, start + ticks) + this.#priceBefore(start + ticks) - this.#priceBefore(start - setup);
  }

  #tardiness(job: number, end: number): number {
    const late = (this.#clock?.timeOfWork(end) ?? end) - (this.#due[job] ?? 0);
    return late > 0 ? late * (this.#work.weight[job] ?? 0) : 0;
  }

  #priceBefore(work: number): number {
    if (work <= 0) return 0;
    if (work >= (this.#borders.at(-1) ?? 0)) return this.priceOfAll();
    const cell = this.#cellOf(work);
    return (this.#before[cell] ?? 0) + (work - (this.#borders[cell] ?? 0)) * (this.#price[cell] ?? 0);
  }

  #workBefore(time: number): number {
    return this.#clock?.workBefore(time) ?? time;
  }

  /** The cell that holds a working tick. */
  #cellOf(work: number): number {
    const borders = this.#borders;
    let low = 0;
    let high = borders.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((borders[middle] ?? 0) <= work) low = middle + 1;
      else high = middle;
    }
    return Math.max(0, low - 1);
  }
}

/** Equal cells, and a border wherever a window ends: the time of day jumps there. */
function cellBorders(clock: MachineClock | undefined, horizon: number, cells: number): Float64Array {
  const borders = new Set<number>([0, horizon]);
  for (let k = 1; k < cells; k++) borders.add(Math.round((k * horizon) / cells));
  for (const border of clock?.windowBorders(horizon) ?? []) borders.add(border);
  return Float64Array.from(borders).sort();
}
