import type { EngineOptions, MachineSequences, Solution } from '../problem.ts';
import { RandomStream } from '../random-stream.ts';
import { InsertionBounds } from './insertion-bounds.ts';
import { MachinePlan } from './machine-plan.ts';
import { type ParallelWork } from './parallel-work.ts';
import { betterSchedule, scheduleOfSequences } from './schedule-of-sequences.ts';
import { SearchBudget } from './search-budget.ts';

/** Jobs in a row taken from a machine, and how many such strings, at most. */
const longestString = 3;
const mostStrings = 4;

/** Places on either side of a job's former time at which it is tried on each machine. */
const reach = 30;

/** Share of places that are passed over at random, so that the same jobs do not always come back the same way. */
const blindness = 0.01;

/** The temperature falls from `hottest` to `coldest` times what a ruin typically makes worse. */
const hottest = 0.3;
const coldest = 0.001;
const ruinsToMeasure = 300;

/** What one ruin counts in iterations: proposed moves of an annealing that take about as long. */
const movesOfARuin = 100;

const ruinsBetweenLooks = 16;

/**
 * Slack induction by string removals (Christiaens & Vanden Berghe 2020) for machine sequences: jobs that run at about the same time on some machines that
 * share work, or anywhere on one, are taken out and put back one by one, each in its best place, accepted as in annealing. For objectives that are sums over jobs or setups.
 */
export function ruinAndRecreate(work: ParallelWork, start: MachineSequences, options: EngineOptions): Solution {
  return new RuinAndRecreate(work, start, options).run();
}

class RuinAndRecreate {
  readonly #work: ParallelWork;
  readonly #options: EngineOptions;
  readonly #budget: SearchBudget;
  readonly #random: RandomStream;
  readonly #plan: MachinePlan;
  readonly #insertion: InsertionBounds;
  /** The jobs taken out, when they ended in the plan as it then stood, and by what they are put back. */
  readonly #out: Int32Array;
  readonly #endBefore: Float64Array;
  readonly #key: Float64Array;
  /** The sequences to go back to, and which machines differ from them. */
  readonly #accepted: Int32Array[];
  readonly #changed: Uint8Array;
  /** What an end later by a tick counts against cost: decides between equals. */
  readonly #endFactor: number;
  /** The best place for the job that is being put back, and what it costs more there. */
  #least = Infinity;
  #machine = 0;
  #place = 0;
  #best: Solution;

  constructor(work: ParallelWork, start: MachineSequences, options: EngineOptions) {
    this.#work = work;
    this.#options = options;
    this.#budget = new SearchBudget(options);
    this.#random = new RandomStream(options.seed);
    this.#plan = new MachinePlan(work);
    this.#plan.load(start);
    this.#insertion = new InsertionBounds(this.#plan);
    this.#out = new Int32Array(work.jobs);
    this.#endBefore = new Float64Array(work.jobs);
    this.#key = new Float64Array(work.jobs);
    this.#accepted = start.map((_, machine) => this.#plan.sequence(machine));
    this.#changed = new Uint8Array(work.machines);
    this.#best = scheduleOfSequences(work, start);
    this.#endFactor = (1e-6 * this.#best.objective) / Math.max(1, this.#best.makespan);
  }

  run(): Solution {
    if (this.#plan.movable.length === 0) return this.#best;
    const typical = this.#typicalWorsening();
    let temperature = 0;
    let energy = this.#energy();
    let least = energy;
    for (let ruins = 0; this.#budget.spend(movesOfARuin) && this.#best.objective > (this.#options.lowerBound ?? 0); ruins++) {
      if (ruins % ruinsBetweenLooks === 0) {
        if (!this.#budget.look()) break;
        temperature = hottest * typical * (coldest / hottest) ** this.#budget.used;
      }
      const found = this.#recreate(this.#ruin()) ? this.#energy() : Infinity;
      if (!(found <= energy - temperature * Math.log(1 - this.#random.unit()))) {
        this.#goBack();
        continue;
      }
      energy = found;
      this.#accept();
      if (energy >= least) continue;
      least = energy;
      this.#report();
    }
    return this.#best;
  }

  /** The median of what ruins cost more, of those that do. */
  #typicalWorsening(): number {
    const cost = this.#plan.totalCost();
    const changes: number[] = [];
    for (let i = 0; i < ruinsToMeasure; i++) {
      if (this.#recreate(this.#ruin()) && this.#plan.totalCost() > cost) changes.push(this.#plan.totalCost() - cost);
      this.#goBack();
    }
    return changes.sort((a, b) => a - b)[changes.length >> 1] ?? 0;
  }

  #energy(): number {
    return this.#plan.totalCost() + this.#endFactor * this.#plan.latestEnd();
  }

  #report(): void {
    this.#best = betterSchedule(this.#work, this.#plan.sequences(), this.#best, this.#options.onImproved);
  }

  /** Takes out the jobs around a random one on its machine, and those of the same time on others that it could run on, or from anywhere on one that gave some already; gives their number. */
  #ruin(): number {
    const { eligible, eligibleStart } = this.#work;
    const random = this.#random;
    const plan = this.#plan;
    const seed = plan.movable[random.below(plan.movable.length)] ?? 0;
    const time = plan.endOf(seed);
    const first = eligibleStart[seed] ?? 0;
    const choice = (eligibleStart[seed + 1] ?? 0) - first;
    const strings = 1 + random.below(mostStrings);
    let count = this.#takeString(plan.machineOf[seed] ?? 0, plan.positionOf[seed] ?? 0, 0);
    const offset = random.below(choice);
    for (let k = 1; k < strings; k++) {
      const machine = eligible[first + ((offset + k) % choice)] ?? 0;
      const length = plan.lengths[machine] ?? 0;
      if (length === 0) continue;
      // A machine that has given a string already gives another from anywhere.
      const place = this.#changed[machine] === 1 ? random.below(length) : this.#placeOf(machine, time);
      count = this.#takeString(machine, place, count);
    }
    return count;
  }

  /** Takes out a string of jobs around a place of a machine; gives the number of jobs that are out, `count` before. */
  #takeString(machine: number, place: number, count: number): number {
    const plan = this.#plan;
    const length = plan.lengths[machine] ?? 0;
    const size = Math.min(length, 1 + this.#random.below(longestString));
    const from = Math.max(0, Math.min(length - size, place - this.#random.below(size)));
    for (let k = 0; k < size; k++) {
      const job = plan.jobAt(machine, from + k);
      this.#endBefore[job] = plan.endOf(job);
      this.#out[count + k] = job;
    }
    this.#changed[machine] = 1;
    plan.replace(machine, from, from + size, this.#out, 0, 0);
    return count + size;
  }

  /** The place of the first job on a machine that ends at `time` or later, its length where none does. */
  #placeOf(machine: number, time: number): number {
    const plan = this.#plan;
    let low = 0;
    let high = plan.lengths[machine] ?? 0;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (plan.endOf(plan.jobAt(machine, middle)) < time) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Puts back the jobs that are out, each in its best place, in an order drawn anew each time; false where one has no place. */
  #recreate(count: number): boolean {
    const out = this.#out.subarray(0, count);
    const order = this.#random.below(5);
    for (const job of out) this.#key[job] = this.#keyOf(job, order);
    out.sort((a, b) => (this.#key[a] ?? 0) - (this.#key[b] ?? 0));
    for (let k = 0; k < count; k++) if (!this.#putBack(k)) return false;
    return true;
  }

  /** What jobs are put back by, the least first: due date, the longest, the heaviest, weight / duration, or at random. */
  #keyOf(job: number, order: number): number {
    const { due, weight, duration, eligible, eligibleStart, jobs } = this.#work;
    const ticks = duration[(eligible[eligibleStart[job] ?? 0] ?? 0) * jobs + job] ?? 0;
    if (order === 0) return due[job] ?? 0;
    if (order === 1) return -ticks;
    if (order === 2) return -(weight[job] ?? 0);
    if (order === 3) return -(weight[job] ?? 0) / Math.max(1, ticks);
    return this.#random.unit();
  }

  /** Puts the k-th job that is out in its best place; false where it has none. */
  #putBack(k: number): boolean {
    const { eligible, eligibleStart } = this.#work;
    const plan = this.#plan;
    const job = this.#out[k] ?? 0;
    this.#least = Infinity;
    for (let e = eligibleStart[job] ?? 0; e < (eligibleStart[job + 1] ?? 0); e++) {
      const machine = eligible[e] ?? 0;
      const length = plan.lengths[machine] ?? 0;
      const middle = length <= 2 * reach ? reach : this.#placeOf(machine, this.#endBefore[job] ?? 0);
      const from = Math.max(0, middle - reach);
      const to = Math.min(length, middle + reach);
      // The likely place first: what it costs rules out most others.
      const likely = this.#insertion.fill(machine, job, from, to);
      this.#tryPlace(machine, likely, k);
      for (let place = from; place <= to; place++) {
        if (place !== likely && (this.#insertion.bounds[place] ?? 0) < this.#least) this.#tryPlace(machine, place, k);
      }
    }
    if (this.#least === Infinity) return false;
    this.#changed[this.#machine] = 1;
    plan.replace(this.#machine, this.#place, this.#place, this.#out, k, 1);
    return true;
  }

  /** Notes a place for the k-th job that is out where it is the best so far. */
  #tryPlace(machine: number, place: number, k: number): void {
    if (this.#random.unit() < blindness) return;
    const plan = this.#plan;
    const change = plan.evaluate(machine, place, place, this.#out, k, 1, this.#least);
    const value = change + this.#endFactor * (plan.newEnd - (plan.machineEnd[machine] ?? 0));
    if (change === Infinity || value >= this.#least) return;
    this.#least = value;
    this.#machine = machine;
    this.#place = place;
  }

  #accept(): void {
    const plan = this.#plan;
    for (let machine = 0; machine < this.#changed.length; machine++) {
      if (this.#changed[machine] === 0) continue;
      this.#changed[machine] = 0;
      this.#accepted[machine] = plan.sequence(machine);
    }
  }

  /** Undoes what was done since the last acceptance. */
  #goBack(): void {
    const plan = this.#plan;
    for (let machine = 0; machine < this.#changed.length; machine++) {
      if (this.#changed[machine] === 0) continue;
      this.#changed[machine] = 0;
      const former = this.#accepted[machine] ?? new Int32Array();
      const length = plan.lengths[machine] ?? 0;
      let from = 0;
      while (from < length && from < former.length && plan.jobAt(machine, from) === former[from]) from++;
      plan.replace(machine, from, length, former, from, former.length - from);
    }
  }
}
