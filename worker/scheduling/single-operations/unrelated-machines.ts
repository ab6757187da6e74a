import { type Problem, type Solution } from '../problem.ts';
import { loadHighs } from '../load-highs.ts';
import type { BoundedSolution, SolverOptions } from '../solver.ts';
import { annealAssignment } from './assignment-annealing.ts';
import { assignmentRelaxation, wholeAssignment } from './assignment-programme.ts';
import { type ParallelWork, parallelWork } from './parallel-work.ts';
import { scheduleOfSequences } from './schedule-of-sequences.ts';
import { SearchBudget } from './search-budget.ts';

/** Shares of the budget: a first annealing over all machines, then over those that the relaxation left open; the rest is for the whole programme. */
const firstEnd = 0.05;
const secondEnd = 0.5;

/** Pairs of job and machine up to which the relaxation is worth its time, and open pairs up to which the whole programme is. */
const mostPairs = 60_000;
const mostOpenPairs = 6000;

/**
 * Unrelated machines, makespan, without setups: annealing of the assignment, the linear relaxation with fixing by reduced costs, annealing
 * over what is left open, and at last the whole programme over it, which finds a better assignment or proves that there is none.
 */
export async function unrelatedMachines(problem: Problem, options: SolverOptions): Promise<BoundedSolution> {
  const work = parallelWork(problem);
  const highs = work.jobs * work.machines <= mostPairs ? await loadHighs() : undefined;
  const run = new UnrelatedMachines(work, options);
  run.anneal(allOpen(work), 0, highs === undefined ? 1 : firstEnd);
  if (highs === undefined) return run;
  let open = run.relax((upper, seconds) => assignmentRelaxation(highs, work, upper, seconds));
  if (open === undefined) return run;
  run.anneal(open, firstEnd, secondEnd);
  open = run.relax((upper, seconds) => assignmentRelaxation(highs, work, upper, seconds)) ?? open;
  while (run.isOpen && open.reduce((sum, one) => sum + one, 0) <= mostOpenPairs) {
    const { machine, none } = wholeAssignment(highs, work, open, { lower: run.lowerBound, upper: run.solution.makespan, seconds: run.secondsLeft, stop: options.stop });
    if (none) run.raise(run.solution.makespan);
    if (machine === undefined) break;
    run.take(machine);
  }
  run.anneal(open, secondEnd, 1);
  return run;
}

class UnrelatedMachines implements BoundedSolution {
  solution: Solution;
  lowerBound = 0;
  readonly #work: ParallelWork;
  readonly #options: SolverOptions;
  readonly #budget: SearchBudget;
  #machine: Int32Array;
  #rounds = 0;

  constructor(work: ParallelWork, options: SolverOptions) {
    this.#work = work;
    this.#options = options;
    this.#budget = new SearchBudget(options);
    this.#machine = options.incumbent?.machine.slice() ?? leastLoad(work);
    this.solution = schedule(work, this.#machine);
    options.onImproved?.(this.solution);
  }

  get isOpen(): boolean {
    return this.solution.makespan > this.lowerBound && this.#budget.look();
  }

  get secondsLeft(): number {
    return (this.#options.deadline - this.#options.now()) / 1000;
  }

  anneal(open: Uint8Array, begin: number, end: number): void {
    if (!this.isOpen) return;
    annealAssignment({
      work: this.#work,
      machine: this.#machine.slice(),
      open,
      lowerBound: this.lowerBound,
      seed: (this.#options.seed + this.#rounds++) % 2 ** 31,
      budget: this.#budget,
      begin,
      end,
      onImproved: (machine) => this.take(machine.slice()),
    });
  }

  /** The pairs that a better schedule may use; undefined where there is none, or the relaxation took too long. */
  relax(relaxation: (upper: number, seconds: number) => { bound: number; open: Uint8Array } | undefined): Uint8Array | undefined {
    if (!this.isOpen) return undefined;
    const found = relaxation(this.solution.makespan, this.secondsLeft / 2);
    if (found !== undefined) this.raise(found.bound);
    return found?.open;
  }

  raise(bound: number): void {
    if (bound <= this.lowerBound) return;
    this.lowerBound = bound;
    this.#options.onBound?.(bound);
  }

  take(machine: Int32Array): void {
    const found = schedule(this.#work, machine);
    if (found.makespan >= this.solution.makespan) return;
    this.#machine = machine;
    this.solution = found;
    this.#options.onImproved?.(found);
  }
}

/** From the longest job on, each to the machine that would end first. */
function leastLoad(work: ParallelWork): Int32Array {
  const { jobs, machines, duration } = work;
  const least = Float64Array.from({ length: jobs }, (_, job) => {
    let ticks = Infinity;
    for (let machine = 0; machine < machines; machine++) ticks = Math.min(ticks, duration[machine * jobs + job] ?? Infinity);
    return ticks;
  });
  const load = new Float64Array(machines);
  const chosen = new Int32Array(jobs);
  for (const job of Array.from({ length: jobs }, (_, k) => k).sort((a, b) => (least[b] ?? 0) - (least[a] ?? 0))) {
    let best = 0;
    for (let machine = 1; machine < machines; machine++) {
      if ((load[machine] ?? 0) + (duration[machine * jobs + job] ?? 0) < (load[best] ?? 0) + (duration[best * jobs + job] ?? 0)) best = machine;
    }
    load[best] = (load[best] ?? 0) + (duration[best * jobs + job] ?? 0);
    chosen[job] = best;
  }
  return chosen;
}

function allOpen(work: ParallelWork): Uint8Array {
  return Uint8Array.from(work.duration, (ticks) => (ticks < Infinity ? 1 : 0));
}

function schedule(work: ParallelWork, machine: Int32Array): Solution {
  const sequences: number[][] = Array.from({ length: work.machines }, () => []);
  for (const [job, at] of machine.entries()) sequences[at]?.push(job);
  return scheduleOfSequences(work, sequences.map((jobs) => Int32Array.from(jobs)));
}
