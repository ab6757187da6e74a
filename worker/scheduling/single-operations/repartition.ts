import { type EngineOptions, type Problem, type Solution } from '../problem.ts';
import type { BoundedSolution } from '../solver.ts';
import { RandomStream } from '../random-stream.ts';
import { binCompletion } from './bin-completion.ts';
import { binPackingBound } from './bin-packing-bound.ts';
import { bestExchange } from './exchange.ts';
import { longestFirst, multifit } from './multifit.ts';
import { type ParallelWork, parallelWork } from './parallel-work.ts';
import { scheduleOfSequences } from './schedule-of-sequences.ts';
import { SearchBudget } from './search-budget.ts';

/** An engine's options; `onBound` is called with each bound above those before. */
type RepartitionOptions = EngineOptions & { readonly onBound?: (bound: number) => void };

/** Jobs of the machines that are shared out anew at a time, at most, but for two machines. */
const jobsAtATime = 45;

/** Jobs of a machine that an exchange looks at. */
const jobsExchanged = 60;

/** Looks at an item in sharing out some machines anew, by turns this many and up to `mostTimes` as many; doubled for the whole with each time that it stays open. */
const stepsForSome = 3000;
const mostTimes = 8;

/** Where between the mean load of some machines and what improves the schedule at all their sharing out aims, one after the other. */
const targetShares = [0, 0.1, 0.5, 1];

/** True for identical machines and makespan: every job as long on every machine, nothing else to heed. */
export function isIdenticalMachines(work: ParallelWork): boolean {
  const { jobs, machines, duration } = work;
  for (let job = 0; job < jobs; job++) {
    for (let machine = 1; machine < machines; machine++) if (duration[machine * jobs + job] !== duration[job]) return false;
  }
  return work.between.every((between) => between === undefined) && work.duration.every((ticks) => ticks < Infinity);
}

/**
 * Identical machines, makespan: LPT and MULTIFIT, then a fullest machine exchanges jobs with another or is shared out anew with a few
 * others by bin completion, and in turn the whole is searched for a schedule at the bound, which either is found or lifts the bound. An iteration is one sharing out.
 */
export function repartition(problem: Problem, options: RepartitionOptions): BoundedSolution {
  const search = new Repartition(parallelWork(problem), options);
  search.run();
  return { solution: search.solution, lowerBound: search.bound };
}

class Repartition {
  solution: Solution;
  /** No schedule is below it. */
  bound: number;
  readonly #work: ParallelWork;
  readonly #options: RepartitionOptions;
  readonly #budget: SearchBudget;
  readonly #random: RandomStream;
  /** Jobs from the longest, and their ticks. */
  readonly #jobs: Int32Array;
  readonly #sizes: Float64Array;
  /** Per item (place in `#jobs`): its machine. */
  #machineOf: Int32Array;
  readonly #load: Float64Array;
  #makespan = Infinity;
  #stepsForAll = stepsForSome;

  constructor(work: ParallelWork, options: RepartitionOptions) {
    this.#work = work;
    this.#options = options;
    this.#budget = new SearchBudget(options);
    this.#random = new RandomStream(options.seed);
    const ticks = (job: number): number => work.duration[job] ?? 0;
    this.#jobs = Int32Array.from({ length: work.jobs }, (_, job) => job).sort((a, b) => ticks(b) - ticks(a));
    this.#sizes = Float64Array.from(this.#jobs, ticks);
    this.#load = new Float64Array(work.machines);
    this.#machineOf = longestFirst(this.#sizes, work.machines);
    this.solution = this.#take(this.#machineOf);
    this.bound = binPackingBound(this.#sizes, work.machines, this.#makespan);
    options.onBound?.(this.bound);
  }

  run(): void {
    const better = multifit(this.#sizes, this.#work.machines, this.bound, this.#makespan);
    if (better !== undefined) this.#take(better);
    const { incumbent } = this.#options;
    if (incumbent !== undefined && incumbent.makespan < this.#makespan) this.#take(Int32Array.from(this.#jobs, (job) => incumbent.machine[job] ?? 0));
    for (let round = 0; this.#makespan > this.bound && this.#budget.spend(); round++) {
      this.#budget.look();
      if (round % 40 === 39) this.#closeGap();
      else this.#shareOutSome();
    }
  }

  /** Looks for a schedule at the bound, by as many steps as it takes after a while. */
  #closeGap(): void {
    const packing = binCompletion(this.#sizes, this.#work.machines, this.bound, this.#stepsForAll);
    if (packing.state === 'found') this.#take(packing.bin);
    if (packing.state === 'unknown') this.#stepsForAll = Math.min(2 * this.#stepsForAll, 3_000_000);
    if (packing.state !== 'none') return;
    this.bound++;
    this.#options.onBound?.(this.bound);
  }

  #shareOutSome(): void {
    const chosen = this.#chooseMachines();
    if (chosen.length === 2 && this.#exchange(chosen[0] ?? 0, chosen[1] ?? 0)) return;
    const items: number[] = [];
    for (let item = 0; item < this.#machineOf.length; item++) if (chosen.includes(this.#machineOf[item] ?? 0)) items.push(item);
    const sizes = Float64Array.from(items, (item) => this.#sizes[item] ?? 0);
    const total = sizes.reduce((sum, size) => sum + size, 0);
    const mean = Math.max(this.bound, Math.ceil(total / chosen.length));
    const room = this.#makespan - 1 - mean;
    const steps = stepsForSome * (1 + this.#random.below(mostTimes));
    for (const share of room > 0 ? targetShares : room === 0 ? [0] : []) {
      const target = mean + Math.floor(share * room);
      const packing = binCompletion(sizes, chosen.length, target, steps);
      if (packing.state !== 'found') continue;
      for (const [k, item] of items.entries()) this.#machineOf[item] = chosen[packing.bin[k] ?? 0] ?? 0;
      this.#take(this.#machineOf);
      return;
    }
  }

  /** Exchanges some jobs of a full machine for some of another; tells whether that helped. */
  #exchange(full: number, other: number): boolean {
    const itemsOf = (machine: number): number[] => {
      const items: number[] = [];
      for (let item = 0; item < this.#machineOf.length; item++) if (this.#machineOf[item] === machine) items.push(item);
      while (items.length > jobsExchanged) items.splice(this.#random.below(items.length), 1);
      return items;
    };
    const found = bestExchange(this.#sizes, itemsOf(full), itemsOf(other), (this.#load[full] ?? 0) - (this.#load[other] ?? 0));
    if (found === undefined) return false;
    for (const item of found.fromA) this.#machineOf[item] = other;
    for (const item of found.fromB) this.#machineOf[item] = full;
    this.#take(this.#machineOf);
    return true;
  }

  /** A fullest machine and some others. */
  #chooseMachines(): number[] {
    const machines = this.#work.machines;
    const fullest = this.#load.indexOf(this.#makespan);
    const perMachine = Math.max(1, this.#sizes.length / machines);
    const most = Math.max(2, Math.min(machines, Math.floor(jobsAtATime / perMachine)));
    const count = this.#random.below(2) === 0 ? 2 : 2 + this.#random.below(most - 1);
    const chosen = new Set([fullest]);
    if (this.#random.below(2) === 0) chosen.add(this.#load.indexOf(this.#load.reduce((least, load) => Math.min(least, load), Infinity)));
    while (chosen.size < Math.min(count, machines)) chosen.add(this.#random.below(machines));
    return [...chosen];
  }

  /** Takes over an assignment of the items; reports it where it is better. */
  #take(machineOf: Int32Array): Solution {
    this.#machineOf = machineOf;
    this.#load.fill(0);
    const sequences: number[][] = Array.from({ length: this.#work.machines }, () => []);
    for (const [item, job] of this.#jobs.entries()) {
      const machine = machineOf[item] ?? 0;
      this.#load[machine] = (this.#load[machine] ?? 0) + (this.#sizes[item] ?? 0);
      sequences[machine]?.push(job);
    }
    const before = this.#makespan;
    this.#makespan = this.#load.reduce((most, load) => Math.max(most, load), 0);
    if (this.#makespan < before) {
      this.solution = scheduleOfSequences(this.#work, sequences.map((jobs) => Int32Array.from(jobs)));
      this.#options.onImproved?.(this.solution);
    }
    return this.solution;
  }
}
