import { leastSetups } from './least-setups.ts';
import { MachinePrices } from './machine-prices.ts';
import { type Solution } from '../problem.ts';
import { type ParallelWork } from './parallel-work.ts';
import { earliestEnd } from './working-load-bound.ts';

/** Cells of a machine's time in the first rounds, apart from those that its windows make. */
const firstCells = 16;

/** Times that all cells are cut in two, at most, and pairs of job, machine and cell up to which they are. */
const mostRefinements = 6;
const mostPlaces = 300_000;

/** Places above which a round takes so long that there is no time for enough of them, and the search makes more of it. */
const mostPlacesAtAll = 20_000_000;

/** Rounds in which the prices are lifted off the ground, their first step, in objectives of the schedule, and rounds without a gain after which it is shortened. */
const liftingRounds = 200;
const firstLift = 8;
const liftingPatience = 4;
const liftingFactor = 0.8;

/** Volume algorithm: the share of a round in the average, and how the step grows after a gain and shrinks after rounds without one. */
const newShare = 0.01;
const firstStep = 0.1;
const smallestStep = 1e-4;
const gainFactor = 1.1;
const patience = 12;
const patienceFactor = 0.66;

/** Share of the gap that so many rounds must close to go on with the same cells. */
const enoughGain = 0.001;
const roundsToGain = 100;

/** How the bound is computed. */
export interface TimeIndexedBoundOptions {
  /** A good schedule: its objective and its prices are where the search for better prices starts. */
  readonly solution: Solution;
  readonly iterations: number;
  /** Tells whether there is time for another iteration, which looks at so many places. */
  readonly goOn: (places: number) => boolean;
  readonly onImproved: (bound: number) => void;
}

/**
 * A lower bound on total weighted tardiness or completion: the time-indexed programme with the capacity of the machines priced (Lagrangian
 * relaxation, Abdul-Razaq, Potts & Van Wassenhove 1990, doi:10.1016/0166-218X(90)90103-J). Every job takes its cheapest place, weight · tardiness
 * and the prices of the working ticks that it and its least setup take. The prices are constant on cells of each machine's working time, coarse at
 * first, then finer, and follow the volume algorithm (Barahona & Anbil 2000, doi:10.1007/s101070050002).
 */
export function timeIndexedBound(work: ParallelWork, options: TimeIndexedBoundOptions): number {
  return new TimeIndexedBound(work, options).run();
}

class TimeIndexedBound {
  readonly #work: ParallelWork;
  readonly #options: TimeIndexedBoundOptions;
  readonly #machines: readonly MachinePrices[];
  readonly #due: Float64Array;
  readonly #whole: boolean;
  #bound = 0;
  /** The largest value of the relaxation, at the best prices. */
  #value = -Infinity;
  #rounds = 0;

  constructor(work: ParallelWork, options: TimeIndexedBoundOptions) {
    this.#work = work;
    this.#options = options;
    this.#due = work.problem.objective === 'finish' ? new Float64Array(work.jobs) : work.due;
    this.#whole = work.weight.every((weight) => Number.isInteger(weight));
    const setups = leastSetups(work);
    const { makespan } = options.solution;
    this.#machines = Array.from({ length: work.machines }, (_, machine) => new MachinePrices(work, machine, setups, this.#due, makespan, firstCells));
  }

  run(): number {
    this.#raise(this.#alone());
    if (this.#places > mostPlacesAtAll) return this.#bound;
    this.#keepBetter(this.#placeAll());
    this.#lift();
    for (let level = 0; this.#isOpen; level++) {
      this.#ascend();
      if (level === mostRefinements || this.#work.eligible.length * firstCells * 2 ** level > mostPlaces) break;
      for (const prices of this.#machines) prices.refine();
    }
    return this.#bound;
  }

  get #isOpen(): boolean {
    return this.#bound < this.#options.solution.objective && this.#rounds < this.#options.iterations && this.#options.goOn(this.#places);
  }

  /** Pairs of job, machine and cell, at most. */
  get #places(): number {
    return this.#work.eligible.length * Math.max(...this.#machines.map(({ cells }) => cells));
  }

  /** Raises prices for all time up to where too much is taken: single cells alone cannot rise without jobs leaving them for the next. */
  #lift(): void {
    let stepSize = firstLift * this.#options.solution.objective;
    let failed = 0;
    for (let round = 0; round < liftingRounds && this.#isOpen; round++) {
      this.#rounds++;
      const slope = this.#sum((prices) => prices.fallingSlope());
      if (slope === 0) break;
      // Were the step measured by the gap, as below, it would be too short for many jobs as soon as the schedule is a good one.
      for (const prices of this.#machines) prices.moveFalling(stepSize / slope);
      failed = this.#keepBetter(this.#placeAll()) ? 0 : failed + 1;
      if (failed > 0 && failed % liftingPatience === 0) stepSize *= liftingFactor;
    }
    for (const prices of this.#machines) prices.average(1);
  }

  /** The volume algorithm on the present cells, until it gains little. */
  #ascend(): void {
    const { objective } = this.#options.solution;
    let stepSize = firstStep;
    let failed = 0;
    let mark = this.#value;
    for (let round = 1; stepSize > smallestStep && this.#isOpen; round++) {
      this.#rounds++;
      if (round % roundsToGain === 0) {
        // Without any gain the step is still too long.
        if (this.#value > mark && this.#value - mark < enoughGain * (objective - this.#value)) break;
        mark = this.#value;
      }
      const slope = this.#sum((prices) => prices.slope());
      if (slope === 0) break;
      const step = (stepSize * Math.max(objective - this.#value, 1e-3 * Math.abs(this.#value))) / slope;
      for (const prices of this.#machines) prices.moveFromBest(step);
      if (this.#keepBetter(this.#placeAll())) {
        failed = 0;
        stepSize *= gainFactor;
      } else if (++failed % patience === 0) stepSize *= patienceFactor;
      for (const prices of this.#machines) prices.average(newShare);
    }
  }

  #sum(of: (prices: MachinePrices) => number): number {
    return this.#machines.reduce((sum, prices) => sum + of(prices), 0);
  }

  /** Keeps the present prices where their value is the largest so far, and tells whether it is. */
  #keepBetter(value: number): boolean {
    if (value <= this.#value) return false;
    this.#value = value;
    for (const prices of this.#machines) prices.keep();
    this.#raise(value);
    return true;
  }

  /** Puts every job in its cheapest place; the value of the relaxation at these prices, less what rounding may have added. */
  #placeAll(): number {
    const { jobs, eligible, eligibleStart } = this.#work;
    let all = 0;
    for (const prices of this.#machines) {
      prices.clear();
      all += prices.priceOfAll();
    }
    let sum = 0;
    for (let job = 0; job < jobs; job++) {
      let least = Infinity;
      let chosen: MachinePrices | undefined;
      for (let k = eligibleStart[job] ?? 0; k < (eligibleStart[job + 1] ?? 0); k++) {
        const prices = this.#machines[eligible[k] ?? 0];
        const cost = prices?.cheapest(job, least) ?? Infinity;
        if (cost >= least) continue;
        least = cost;
        chosen = prices;
      }
      if (chosen === undefined) continue;
      sum += least;
      chosen.occupy(job, chosen.place);
    }
    return sum - all - 1e-11 * (sum + all);
  }

  /** What every job costs that is made as if it were alone. */
  #alone(): number {
    let sum = 0;
    for (let job = 0; job < this.#work.jobs; job++) {
      const late = earliestEnd(this.#work, job) - (this.#due[job] ?? 0);
      if (late > 0) sum += late * (this.#work.weight[job] ?? 0);
    }
    return sum * (1 - 1e-12);
  }

  #raise(value: number): void {
    const proven = this.#whole ? Math.ceil(value - 1e-6) : value;
    if (proven <= this.#bound) return;
    this.#bound = Math.min(this.#options.solution.objective, proven);
    this.#options.onImproved(this.#bound);
  }
}
