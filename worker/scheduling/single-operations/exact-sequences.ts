import { type Solution, isBetter } from '../problem.ts';
import { orderCost } from '../sum-over-orders.ts';
import { type ParallelWork, endAfter, setupTicks } from './parallel-work.ts';
import { betterSchedule } from './schedule-of-sequences.ts';
import { earliestEnd } from './working-load-bound.ts';

/** Jobs and machines up to which the search is tried. */
const mostJobs = 16;
const mostMachines = 16;

/** The best schedule found, and whether it is proven that none has a smaller objective nor, at the same one, a smaller makespan. */
export interface ExactSequences {
  readonly solution: Solution;
  readonly isComplete: boolean;
}

/** True for so little work that all sequences can be gone through, most of the time; not with setups where jobs take no time: which of those that start at once is first is not certain. */
export function isFewJobs({ jobs, machines, familyCount, duration }: ParallelWork): boolean {
  return jobs <= mostJobs && machines <= mostMachines && !(familyCount > 0 && duration.includes(0));
}

/**
 * Branch and bound over the sequences of all machines, filled one machine after the other: the next job of the present machine, or the next machine. Left out is what cannot become
 * better than the best schedule, and what is at no point ahead of another part of a schedule with the same jobs, machine and family last (dynamic
 * programming over subsets: Held & Karp 1962, doi:10.1137/0110015). An earlier end is never worse: whatever follows can wait. Ends without a proof where `goOn` is false.
 */
export function exactSequences(work: ParallelWork, incumbent: Solution, goOn: () => boolean, onImproved?: (solution: Solution) => void): ExactSequences {
  const search = new ExactSearch(work, incumbent, goOn, onImproved);
  const isComplete = search.extend(0, -1, { end: 0, cost: 0, makespan: 0 });
  return { solution: search.solution, isComplete };
}

/** Of what is sequenced: the end of the last job on the present machine, the objective's sum and the last end of all. */
interface Reached {
  readonly end: number;
  readonly cost: number;
  readonly makespan: number;
}

class ExactSearch {
  solution: Solution;
  readonly #work: ParallelWork;
  readonly #goOn: () => boolean;
  readonly #onImproved: ((solution: Solution) => void) | undefined;
  readonly #sequences: number[][];
  /** Jobs that are not sequenced yet, a bit each. */
  #left: number;
  /** Per job: its last machine, and its end and cost where it were alone. */
  readonly #lastMachine: Int32Array;
  readonly #earliest: Float64Array;
  readonly #least: Float64Array;
  /** By jobs left, machine and family of the last job there. */
  readonly #met = new Map<number, Reached[]>();

  constructor(work: ParallelWork, incumbent: Solution, goOn: () => boolean, onImproved: ((solution: Solution) => void) | undefined) {
    this.#work = work;
    this.#goOn = goOn;
    this.#onImproved = onImproved;
    this.solution = incumbent;
    this.#sequences = Array.from({ length: work.machines }, () => []);
    this.#left = 2 ** work.jobs - 1;
    this.#lastMachine = Int32Array.from({ length: work.jobs }, (_, job) => Math.max(-1, ...work.eligible.subarray(work.eligibleStart[job], work.eligibleStart[job + 1])));
    this.#earliest = Float64Array.from({ length: work.jobs }, (_, job) => earliestEnd(work, job));
    this.#least = this.#earliest.map((end, job) => this.#costOf(job, end, 0));
  }

  /** Goes through all ways to go on from here; false where it ended early. */
  extend(machine: number, before: number, reached: Reached): boolean {
    if (!this.#goOn()) return false;
    if (this.#left === 0) {
      this.solution = betterSchedule(this.#work, this.#sequences.map((jobs) => Int32Array.from(jobs)), this.solution, this.#onImproved);
      return true;
    }
    if (machine === this.#work.machines || !this.#canBeBetter(reached) || this.#isBehind(machine, before, reached)) return true;
    const sequence = this.#sequences[machine] ?? [];
    for (const { job, ...next } of this.#nextOn(machine, before, reached)) {
      sequence.push(job);
      this.#left -= 1 << job;
      const isComplete = this.extend(machine, job, next);
      this.#left += 1 << job;
      sequence.pop();
      if (!isComplete) return false;
    }
    const mustBeHere = this.#jobsLeft().some((job) => (this.#lastMachine[job] ?? 0) <= machine);
    return mustBeHere || this.extend(machine + 1, -1, { ...reached, end: 0 });
  }

  /** The jobs that may be next on a machine, those that end first at the front. */
  #nextOn(machine: number, before: number, { end: free, cost, makespan }: Reached): ({ job: number } & Reached)[] {
    const next = this.#jobsLeft().flatMap((job) => {
      const end = endAfter(this.#work, machine, before, free, job);
      if (end === Infinity) return [];
      return [{ job, end, cost: cost + this.#costOf(job, end, setupTicks(this.#work, machine, before, job)), makespan: Math.max(makespan, end) }];
    });
    return next.sort((a, b) => a.end - b.end);
  }

  #jobsLeft(): number[] {
    const jobs: number[] = [];
    for (let job = 0; job < this.#work.jobs; job++) if ((this.#left >> job) % 2 === 1) jobs.push(job);
    return jobs;
  }

  #costOf(job: number, end: number, setup: number): number {
    const { problem } = this.#work;
    return problem.objective === 'setup' ? setup : orderCost(problem, job, end);
  }

  /** Whether a schedule that begins so can be better than the best: every job left costs at least what it would alone. */
  #canBeBetter(reached: Reached): boolean {
    let { cost, makespan } = reached;
    for (const job of this.#jobsLeft()) {
      cost += this.#least[job] ?? 0;
      makespan = Math.max(makespan, this.#earliest[job] ?? 0);
    }
    const objective = this.#work.problem.objective === 'makespan' ? makespan : cost;
    return isBetter({ objective, makespan }, this.solution);
  }

  /** Whether something met before is nowhere behind; remembers this otherwise. */
  #isBehind(machine: number, before: number, reached: Reached): boolean {
    const { machines, family, familyCount } = this.#work;
    const last = before < 0 ? familyCount + 1 : (family[before] ?? 0);
    const key = (this.#left * machines + machine) * (familyCount + 2) + last;
    const met = this.#met.get(key) ?? [];
    const isNowhereBehind = (one: Reached, other: Reached): boolean => one.end <= other.end && one.cost <= other.cost && one.makespan <= other.makespan;
    if (met.some((one) => isNowhereBehind(one, reached))) return true;
    this.#met.set(key, [...met.filter((one) => !isNowhereBehind(reached, one)), reached]);
    return false;
  }
}
