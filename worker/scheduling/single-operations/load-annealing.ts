import { type EngineOptions, type MachineSequences, type Problem, type Solution } from '../problem.ts';
import { RandomStream } from '../random-stream.ts';
import { type ParallelWork, parallelWork } from './parallel-work.ts';
import { leastSetups } from './least-setups.ts';
import { scheduleOfSequences } from './schedule-of-sequences.ts';
import { SearchBudget } from './search-budget.ts';
import { SetupRings } from './setup-rings.ts';

/** Shares of the budget at which the rounds end; each starts anew from the best so far. */
const roundEnds = [0.03, 1];

/** The temperature falls from `hottest` to `coldest` times the mean load that a job makes. */
const hottest = 0.2;
const coldest = 0.02;

/** Jobs that are moved together within a machine, at most. */
const longestSegment = 6;

const stepsBetweenLooks = 1024;

/** True where a machine's load alone tells its end: makespan, no releases, calendars or locked starts. */
export function isLoadProblem(work: ParallelWork): boolean {
  const { problem } = work;
  return problem.objective === 'makespan' && work.release.every((release) => release === 0) && work.clocks.every((clock) => clock === undefined) &&
    work.lockedStart.every((start) => start < 0);
}

/**
 * Simulated annealing for the makespan of unrelated machines with sequence-dependent setups: a job moves to the best place of a machine, a few
 * that follow each other move to the best other place of theirs, two jobs are exchanged, each to the best place, or swap places; each evaluated
 * from the setups around it. The energy is Σ (load / best)^8, in which the fullest machines count most. Starts from `start`; an iteration is one proposed move.
 */
export function loadAnnealing(problem: Problem, options: EngineOptions, start: MachineSequences): Solution {
  return new LoadAnnealing(parallelWork(problem), options, start).run();
}

class LoadAnnealing {
  readonly #work: ParallelWork;
  readonly #options: EngineOptions;
  readonly #budget: SearchBudget;
  readonly #random: RandomStream;
  readonly #jobs: number;
  readonly #machines: number;
  readonly #rings: SetupRings;
  readonly #exponential = Float64Array.from({ length: 4096 }, (_, i) => -Math.log((i + 0.5) / 4096));
  /** The eligible machines of each job, the one with the least duration and setup first. */
  readonly #likely: Int32Array;
  #reference = 1;
  #best: Solution;
  #bestSequences: MachineSequences;
  #bestMakespan = Infinity;

  constructor(work: ParallelWork, options: EngineOptions, start: MachineSequences) {
    this.#work = work;
    this.#options = options;
    this.#budget = new SearchBudget(options);
    this.#random = new RandomStream(options.seed);
    this.#jobs = work.jobs;
    this.#machines = work.machines;
    this.#likely = likelyMachines(work);
    this.#rings = new SetupRings(work);
    this.#bestSequences = start;
    this.#best = scheduleOfSequences(work, start);
    this.#bestMakespan = this.#best.makespan;
    options.onImproved?.(this.#best);
  }

  run(): Solution {
    const scale = this.#meanStep();
    let begin = 0;
    for (const end of roundEnds) {
      if (this.#budget.ended || this.#isOptimal()) break;
      this.#rings.take(this.#bestSequences);
      this.#reference = this.#bestMakespan;
      this.#round(begin, end, scale);
      begin = end;
    }
    return this.#best;
  }

  #isOptimal(): boolean {
    return this.#bestMakespan <= (this.#options.lowerBound ?? 0);
  }

  #round(begin: number, end: number, scale: number): void {
    const random = this.#random;
    const jobs = this.#jobs;
    let temperature = hottest * scale;
    let improved = false;
    for (let step = 0; ; step++) {
      if (step % stepsBetweenLooks === 0) {
        if (!this.#budget.spend(stepsBetweenLooks)) break;
        if (improved) this.#report();
        improved = false;
        const used = this.#budget.used;
        if (used >= end || this.#isOptimal()) break;
        temperature = hottest * scale * (coldest / hottest) ** Math.max(0, (used - begin) / (end - begin));
      }
      const limit = temperature * (this.#exponential[random.next() & 4095] ?? 0);
      const job = random.below(jobs);
      if (!this.#move(job, limit)) continue;
      const makespan = this.#rings.makespan();
      if (makespan >= this.#bestMakespan) continue;
      this.#bestMakespan = makespan;
      this.#reference = makespan;
      this.#bestSequences = this.#rings.sequences();
      improved = true;
    }
    if (improved) this.#report();
  }

  #move(job: number, limit: number): boolean {
    const random = this.#random;
    const kind = random.next() & 15;
    if (kind < 3) return this.#moveSegment(job, 2 + random.below(longestSegment - 1), limit);
    if (kind < 8) return this.#moveToMachine(job, this.#likelyMachine(job), limit);
    const partner = random.below(this.#jobs);
    return kind < 15 ? this.#exchange(job, partner, limit) : this.#swap(job, partner, limit);
  }

  /** Moves up to `length` jobs from `job` on to the best other place of their machine where that does not cost more than `limit`; tells whether it did. */
  #moveSegment(job: number, length: number, limit: number): boolean {
    const rings = this.#rings;
    const machine = rings.machineOf[job] ?? 0;
    let last = job;
    for (let k = 1; k < length; k++) {
      const next = rings.next[last] ?? 0;
      if (next >= this.#jobs) break;
      last = next;
    }
    if (last === job || rings.next[last] === rings.previous[job]) return false;
    return rings.moveSegment(job, last, machine, (change) => this.#accepts(machine, machine, change, 0, limit));
  }

  /** Moves `job` to the best place of a machine where that does not cost more than `limit`; tells whether it did. */
  #moveToMachine(job: number, to: number, limit: number): boolean {
    const rings = this.#rings;
    const from = rings.machineOf[job] ?? 0;
    const before = rings.previous[job] ?? 0;
    const ticks = rings.durationOn(to, job) - rings.durationOn(from, job);
    if (ticks === Infinity) return false;
    const removed = rings.takeOut(job, from);
    const added = rings.bestPlace(to, job);
    // The second best place on its own machine leads nowhere.
    const accepted = (from !== to || rings.place !== before) && this.#accepts(from, to, removed - rings.durationOn(from, job), added + rings.durationOn(to, job), limit);
    rings.putBehind(accepted ? rings.place : before, job);
    if (accepted) rings.machineOf[job] = to;
    return accepted;
  }

  /** Exchanges jobs of two machines, each put in the best place, where that does not cost more than `limit`; tells whether it did. */
  #exchange(a: number, b: number, limit: number): boolean {
    const rings = this.#rings;
    const onA = rings.machineOf[a] ?? 0;
    const onB = rings.machineOf[b] ?? 0;
    if (onA === onB || rings.durationOn(onA, b) === Infinity || rings.durationOn(onB, a) === Infinity) return false;
    const beforeA = rings.previous[a] ?? 0;
    const beforeB = rings.previous[b] ?? 0;
    const removedA = rings.takeOut(a, onA);
    const removedB = rings.takeOut(b, onB);
    const addedA = rings.bestPlace(onA, b);
    const placeB = rings.place;
    const addedB = rings.bestPlace(onB, a);
    const changeA = removedA + addedA + rings.durationOn(onA, b) - rings.durationOn(onA, a);
    const changeB = removedB + addedB + rings.durationOn(onB, a) - rings.durationOn(onB, b);
    const accepted = this.#accepts(onA, onB, changeA, changeB, limit);
    rings.putBehind(accepted ? rings.place : beforeA, a);
    rings.putBehind(accepted ? placeB : beforeB, b);
    if (accepted) {
      rings.machineOf[a] = onB;
      rings.machineOf[b] = onA;
    }
    return accepted;
  }

  #likelyMachine(job: number): number {
    const first = this.#work.eligibleStart[job] ?? 0;
    const u = this.#random.unit();
    return this.#likely[first + Math.floor(u ** 1.5 * ((this.#work.eligibleStart[job + 1] ?? 0) - first))] ?? 0;
  }

  /** Lets two jobs change places where that does not cost more than `limit`; tells whether it did. */
  #swap(a: number, b: number, limit: number): boolean {
    const rings = this.#rings;
    const { next, previous } = rings;
    if (a === b || next[a] === b || next[b] === a) return false;
    const onA = rings.machineOf[a] ?? 0;
    const onB = rings.machineOf[b] ?? 0;
    const { duration } = this.#work;
    const jobs = this.#jobs;
    const changeA = (duration[onA * jobs + b] ?? 0) - (duration[onA * jobs + a] ?? 0);
    const changeB = (duration[onB * jobs + a] ?? 0) - (duration[onB * jobs + b] ?? 0);
    if (changeA === Infinity || changeB === Infinity) return false;
    const beforeA = previous[a] ?? 0;
    const afterA = next[a] ?? 0;
    const beforeB = previous[b] ?? 0;
    const afterB = next[b] ?? 0;
    const setupA = rings.between(onA, beforeA, b) + rings.between(onA, b, afterA) - rings.between(onA, beforeA, a) - rings.between(onA, a, afterA);
    const setupB = rings.between(onB, beforeB, a) + rings.between(onB, a, afterB) - rings.between(onB, beforeB, b) - rings.between(onB, b, afterB);
    if (!this.#accepts(onA, onB, changeA + setupA, changeB + setupB, limit)) return false;
    rings.link(beforeA, b);
    rings.link(b, afterA);
    rings.link(beforeB, a);
    rings.link(a, afterB);
    rings.machineOf[a] = onB;
    rings.machineOf[b] = onA;
    return true;
  }

  #accepts(one: number, two: number, changeOne: number, changeTwo: number, limit: number): boolean {
    const { load } = this.#rings;
    const loadOne = load[one] ?? 0;
    if (one === two) {
      const change = changeOne + changeTwo;
      if (change > 0 && this.#energy(loadOne + change) - this.#energy(loadOne) > limit) return false;
      load[one] = loadOne + change;
      return true;
    }
    const loadTwo = load[two] ?? 0;
    const energy = this.#energy(loadOne + changeOne) + this.#energy(loadTwo + changeTwo) - this.#energy(loadOne) - this.#energy(loadTwo);
    if (energy > limit) return false;
    load[one] = loadOne + changeOne;
    load[two] = loadTwo + changeTwo;
    return true;
  }

  /** In ticks: near the fullest load it grows with the load. */
  #energy(load: number): number {
    const ratio = load / this.#reference;
    const square = ratio * ratio;
    const fourth = square * square;
    return (fourth * fourth * this.#reference) / 8;
  }

  #report(): void {
    this.#best = scheduleOfSequences(this.#work, this.#bestSequences);
    this.#options.onImproved?.(this.#best);
  }

  /** The mean load that a job makes in the starting schedule. */
  #meanStep(): number {
    return Math.max(1, (this.#bestMakespan * this.#machines) / Math.max(1, this.#jobs));
  }
}

/** The eligible machines of each job, the one with the least duration and setup first. */
function likelyMachines(work: ParallelWork): Int32Array {
  const setups = leastSetups(work);
  const likely = work.eligible.slice();
  const least = (machine: number, job: number): number => (work.duration[machine * work.jobs + job] ?? 0) + (setups[machine * work.jobs + job] ?? 0);
  for (let job = 0; job < work.jobs; job++) {
    likely.subarray(work.eligibleStart[job], work.eligibleStart[job + 1]).sort((a, b) => least(a, job) - least(b, job));
  }
  return likely;
}
