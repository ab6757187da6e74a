import { type MachineClock } from './machine-clock.ts';
import { type ParallelWork } from './parallel-work.ts';

/** Prices of a machine's working ticks, constant on cells, and the cheapest place of a job at these prices. Places are ends in working ticks. */
export class MachinePrices {
  /** The end that `cheapest` found. */
  place = 0;
  readonly #work: ParallelWork;
  readonly #clock: MachineClock | undefined;
  readonly #row: number;
  readonly #setups: Float64Array;
  /** Per job, in ticks. */
  readonly #due: Float64Array;
  /** Per job, in working ticks: the earliest start, the due date and the locked start. */
  readonly #releaseWork: Float64Array;
  readonly #dueWork: Float64Array;
  readonly #lockedWork: Float64Array;
  /** From this working tick on the time is free. */
  readonly #horizon: number;
  /** Borders of the cells in working ticks, 0 first, and the ticks at which they are reached. */
  #borders: Float64Array;
  #times: Float64Array;
  /** Cells before the horizon: those behind it are free and end where windows do. */
  #priced: number;
  #price: Float64Array;
  /** The best prices so far. */
  #bestPrice: Float64Array;
  /** At each border: the price of all before it. */
  #before: Float64Array;
  /** Per cell: ticks taken, at the present prices and on the average of the rounds. */
  #taken: Float64Array;
  #average: Float64Array;
  readonly #fall: Float64Array;

  constructor(work: ParallelWork, machine: number, setups: Float64Array, due: Float64Array, makespan: number, cells: number) {
    this.#work = work;
    this.#clock = work.clocks[machine];
    this.#row = machine * work.jobs;
    this.#setups = setups;
    this.#due = due;
    const toWork = (time: number): number => (time < 0 || time === Infinity ? time : this.#workBefore(time));
    this.#releaseWork = work.release.map(toWork);
    this.#dueWork = due.map(toWork);
    this.#lockedWork = work.lockedStart.map(toWork);
    const longest = longestWork(work, machine, setups);
    // Behind what the clock has laid out no window ends are known.
    const horizon = Math.min(this.#workBefore(makespan), (this.#clock?.laidOut ?? Infinity) - longest);
    this.#horizon = Math.max(1, horizon);
    this.#borders = cellBorders(this.#clock, this.#horizon, cells, longest);
    this.#priced = horizon < 1 ? 0 : this.#borders.indexOf(this.#horizon);
    this.#times = this.#borders.map((border) => this.#timeOf(border));
    this.#price = new Float64Array(this.#borders.length - 1);
    this.#bestPrice = this.#price;
    this.#before = new Float64Array(this.#borders.length);
    this.#taken = new Float64Array(this.#price.length);
    this.#average = new Float64Array(this.#price.length);
    this.#fall = new Float64Array(this.#price.length);
  }

  get cells(): number {
    return this.#price.length;
  }

  /** Cuts every cell longer than a tick in two; the best prices stay as they are. */
  refine(): void {
    const borders = [0];
    const price: number[] = [];
    const average: number[] = [];
    for (let cell = 0; cell < this.#price.length; cell++) {
      const from = this.#borders[cell] ?? 0;
      const to = this.#borders[cell + 1] ?? 0;
      const middle = cell < this.#priced ? Math.floor((from + to) / 2) : from;
      for (const border of middle > from ? [middle, to] : [to]) {
        average.push(((this.#average[cell] ?? 0) * (border - (borders.at(-1) ?? 0))) / (to - from));
        borders.push(border);
        price.push(this.#bestPrice[cell] ?? 0);
      }
    }
    this.#borders = Float64Array.from(borders);
    if (this.#priced > 0) this.#priced = borders.indexOf(this.#horizon);
    this.#times = this.#borders.map((border) => this.#timeOf(border));
    this.#price = Float64Array.from(price);
    this.#bestPrice = this.#price.slice();
    this.#before = new Float64Array(borders.length);
    this.#taken = new Float64Array(price.length);
    this.#average = Float64Array.from(average);
    this.#addUp();
  }

  /** Keeps the present prices as the best. */
  keep(): void {
    this.#bestPrice = this.#price.slice();
  }

  /** Forgets what is taken. */
  clear(): void {
    this.#taken.fill(0);
  }

  /** The price of the whole time. */
  priceOfAll(): number {
    return this.#before.at(-1) ?? 0;
  }

  /**
   * The least sum of weighted tardiness and prices over all places of a job; Infinity where all cost `limit` or more. Between the ends at which the
   * job starts or ends at a border, is due or just released, the cost is linear.
   */
  cheapest(job: number, limit: number): number {
    const ticks = this.#work.duration[this.#row + job] ?? 0;
    const taken = ticks + (this.#setups[this.#row + job] ?? 0);
    const locked = this.#lockedWork[job] ?? -1;
    if (locked >= 0) {
      this.place = locked + ticks;
      return this.#costAt(job, this.place, taken);
    }
    const borders = this.#borders;
    const times = this.#times;
    const before = this.#before;
    const prices = this.#price;
    const last = borders.length - 1;
    const weight = this.#work.weight[job] ?? 0;
    const due = this.#due[job] ?? Infinity;
    const first = (this.#releaseWork[job] ?? 0) + ticks;
    let least = limit;
    const firstCost = this.#costAt(job, first, taken);
    if (firstCost < least) {
      least = firstCost;
      this.place = first;
    }
    const justInTime = this.#dueWork[job] ?? Infinity;
    if (justInTime > first && justInTime < Infinity) {
      const cost = this.#costAt(job, justInTime, taken);
      if (cost < least) {
        least = cost;
        this.place = justInTime;
      }
    }
    // The next border that the end, and the one that the beginning of the setup reaches.
    let ending = this.#cellOf(first) + 1;
    let beginning = first < taken ? 0 : this.#cellOf(first - taken) + 1;
    while (beginning <= last) {
      const border = borders[beginning] ?? 0;
      const endAtBorder = ending <= last ? (borders[ending] ?? 0) : Infinity;
      let end = border + taken;
      let priceAfter: number;
      let time: number;
      if (endAtBorder <= end) {
        end = endAtBorder;
        time = times[ending] ?? 0;
        priceAfter = before[ending] ?? 0;
        ending++;
      } else if (ending <= last) {
        time = (times[ending] ?? 0) - (endAtBorder - end);
        priceAfter = (before[ending] ?? 0) - (endAtBorder - end) * (prices[ending - 1] ?? 0);
      } else {
        time = this.#timeOf(end);
        priceAfter = before[last] ?? 0;
      }
      const late = time > due ? weight * (time - due) : 0;
      if (late >= least) break;
      const untilBorder = border - (end - taken);
      if (untilBorder === 0) beginning++;
      if (end <= first) continue;
      // Before tick 0 nothing is paid for.
      const priceBefore = end <= taken ? 0 : (before[untilBorder === 0 ? beginning - 1 : beginning] ?? 0) - (untilBorder === 0 ? 0 : untilBorder * (prices[beginning - 1] ?? 0));
      const cost = late + priceAfter - priceBefore;
      if (cost < least) {
        least = cost;
        this.place = end;
      }
    }
    return least < limit ? least : Infinity;
  }

  /** Takes the ticks of a job that ends at `place`, with its setup. */
  occupy(job: number, place: number): void {
    const at = this.#row + job;
    const start = Math.max(0, place - (this.#work.duration[at] ?? 0) - (this.#setups[at] ?? 0));
    for (let cell = this.#cellOf(start); cell < this.#taken.length && (this.#borders[cell] ?? 0) < place; cell++) {
      const from = Math.max(start, this.#borders[cell] ?? 0);
      const to = Math.min(place, this.#borders[cell + 1] ?? 0);
      if (to > from) this.#taken[cell] = (this.#taken[cell] ?? 0) + to - from;
    }
  }

  /** Lets what is taken now count `share` in the average. */
  average(share: number): void {
    for (let cell = 0; cell < this.#taken.length; cell++) this.#average[cell] = share * (this.#taken[cell] ?? 0) + (1 - share) * (this.#average[cell] ?? 0);
  }

  /** The squared length of the direction in which the prices move, in cells where they can. */
  slope(): number {
    let sum = 0;
    for (let cell = 0; cell < this.#priced; cell++) {
      const over = this.#over(cell);
      if (over > 0 || (this.#bestPrice[cell] ?? 0) > 0) sum += (over * over) / this.#length(cell);
    }
    return sum;
  }

  /** Moves the prices from the best along the averaged subgradient; none falls below 0. */
  moveFromBest(step: number): void {
    for (let cell = 0; cell < this.#priced; cell++) {
      this.#price[cell] = Math.max(0, (this.#bestPrice[cell] ?? 0) + (step * this.#over(cell)) / this.#length(cell));
    }
    this.#addUp();
  }

  /** The squared length of the direction of `moveFalling`. */
  fallingSlope(): number {
    let sum = 0;
    let overUntil = 0;
    for (let cell = 0; cell < this.#priced; cell++) {
      overUntil += (this.#taken[cell] ?? 0) - this.#length(cell);
      const fall = (this.#price[cell] ?? 0) - (this.#price[cell + 1] ?? 0);
      if (overUntil > 0 || fall > 0) sum += overUntil * overUntil;
    }
    return sum;
  }

  /** Moves the falls of the price from each cell to the next, none below 0, by what is taken until there above what is there. */
  moveFalling(step: number): void {
    let overUntil = 0;
    for (let cell = 0; cell < this.#priced; cell++) {
      overUntil += (this.#taken[cell] ?? 0) - this.#length(cell);
      this.#fall[cell] = Math.max(0, (this.#price[cell] ?? 0) - (this.#price[cell + 1] ?? 0) + step * overUntil);
    }
    let price = 0;
    for (let cell = this.#priced - 1; cell >= 0; cell--) this.#price[cell] = price += this.#fall[cell] ?? 0;
    this.#addUp();
  }

  #addUp(): void {
    for (let cell = 0; cell < this.#price.length; cell++) this.#before[cell + 1] = (this.#before[cell] ?? 0) + (this.#price[cell] ?? 0) * this.#length(cell);
  }

  /** Ticks taken on the average above those that are there. */
  #over(cell: number): number {
    return (this.#average[cell] ?? 0) - this.#length(cell);
  }

  #length(cell: number): number {
    return (this.#borders[cell + 1] ?? 0) - (this.#borders[cell] ?? 0);
  }

  #costAt(job: number, end: number, taken: number): number {
    const late = this.#timeOf(end) - (this.#due[job] ?? 0);
    return (late > 0 ? late * (this.#work.weight[job] ?? 0) : 0) + this.#priceBefore(end) - this.#priceBefore(end - taken);
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

  #timeOf(work: number): number {
    return this.#clock?.timeOfWork(work) ?? work;
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

/** Equal cells up to the horizon, and a border wherever a window ends, where the time of day jumps: so far as work begun before the horizon may run. */
function cellBorders(clock: MachineClock | undefined, horizon: number, cells: number, longest: number): Float64Array {
  const borders = new Set<number>([0, horizon]);
  for (let k = 1; k < cells; k++) borders.add(Math.round((k * horizon) / cells));
  for (const border of clock?.windowBorders(horizon + longest) ?? []) borders.add(border);
  return Float64Array.from(borders).sort();
}

/** Ticks of the longest job of a machine with its setup. */
function longestWork(work: ParallelWork, machine: number, setups: Float64Array): number {
  let longest = 0;
  for (let at = machine * work.jobs; at < (machine + 1) * work.jobs; at++) {
    const ticks = (work.duration[at] ?? 0) + (setups[at] ?? 0);
    if (ticks < Infinity) longest = Math.max(longest, ticks);
  }
  return longest;
}
