import type { EngineOptions, MachineSequences, Problem, Solution } from '../problem.ts';
import { RandomStream } from '../random-stream.ts';
import { bestDispatch } from './best-dispatch.ts';
import { type MachineGroup, machineGroups } from './machine-groups.ts';
import { MachinePlan } from './machine-plan.ts';
import { type ParallelWork, parallelWork } from './parallel-work.ts';
import { betterSchedule, scheduleOfSequences, sequencesOf } from './schedule-of-sequences.ts';
import { SearchBudget } from './search-budget.ts';
import { SequenceMoves } from './sequence-moves.ts';

/** Shares of the budget at which the rounds end; each starts from the best so far, cooler than the one before. */
const roundEnds = [0.02, 0.1, 0.35, 0.7, 1];

/**
 * The temperature of a round falls from at most `hottest` times the typical worsening by a move, more for a handful of jobs, which soon get stuck,
 * by the factor `cooling`; it starts lower where there are too few steps to cool.
 */
const hottest = 0.03;
const hottestOfOneJob = 2;
const cooling = 0.01;
const stepsOfAJobToCool = 5000;

/** Moves that are shared out among the groups of machines by their jobs, to one that is by their cost. */
const evenShare = 0.1;

/** Steps between two looks at the clock, the temperature and whether there is something to report. */
const stepsBetweenLooks = 256;

/**
 * Simulated annealing over machine sequences (moves of jobs and blocks, swaps), started from the best dispatch rule: for single operations with
 * setups, releases, calendars, due dates and locks, for any objective. An iteration is one proposed move.
 */
export function sequenceAnnealing(problem: Problem, options: EngineOptions): Solution {
  const work = parallelWork(problem);
  const start = options.incumbent === undefined ? bestDispatch(work) : sequencesOf(work, options.incumbent);
  return new SequenceAnnealing(work, start, options).run();
}

class SequenceAnnealing {
  readonly #work: ParallelWork;
  readonly #options: EngineOptions;
  readonly #budget: SearchBudget;
  readonly #random: RandomStream;
  readonly #plan: MachinePlan;
  readonly #moves: SequenceMoves;
  readonly #exponential = Float64Array.from({ length: 4096 }, (_, i) => -Math.log((i + 0.5) / 4096));
  readonly #groups: readonly MachineGroup[];
  #best: Solution;
  #bestSequences: MachineSequences;
  /** What the energy of a plan is made of: Σ job costs, the makespan, and the mean end of the machines, which leads where the others are flat. */
  #costFactor = 1;
  #makespanFactor = 0;
  #endFactor = 0;
  /** Of the plan as it stands, and of the move that was evaluated last. */
  #cost = 0;
  #makespan = 0;
  #costChange = 0;
  #newMakespan = 0;
  #steps = 0;
  readonly #newEnd = new Float64Array(2);

  constructor(work: ParallelWork, start: MachineSequences, options: EngineOptions) {
    this.#work = work;
    this.#options = options;
    this.#budget = new SearchBudget(options);
    this.#random = new RandomStream(options.seed);
    this.#plan = new MachinePlan(work);
    this.#plan.load(start);
    const movable = new Set(this.#plan.movable);
    const groups = machineGroups(work).map(({ machines, jobs }) => ({ machines, jobs: jobs.filter((job) => movable.has(job)) }));
    this.#groups = groups.filter(({ jobs }) => jobs.length > 0);
    this.#moves = new SequenceMoves(this.#plan, this.#random);
    this.#best = scheduleOfSequences(work, start);
    this.#bestSequences = start;
    options.onImproved?.(this.#best);
  }

  run(): Solution {
    if (this.#plan.movable.length > 0 && (this.#work.jobs > 1 || this.#work.machines > 1)) {
      for (const [round, end] of roundEnds.entries()) {
        if (this.#budget.ended || this.#isOptimal()) break;
        this.#round(roundEnds[round - 1] ?? 0, end);
      }
    }
    return this.#best;
  }

  #isOptimal(): boolean {
    return this.#work.problem.objective === 'makespan' && this.#best.objective <= (this.#options.lowerBound ?? 0);
  }

  /** The makespan leads where it is the objective, or where the objective cannot fall any more. */
  #chooseEnergy(): void {
    const { objective, makespan } = this.#best;
    const onlyMakespan = this.#work.problem.objective === 'makespan';
    const settled = objective <= (this.#options.lowerBound ?? 0);
    this.#costFactor = onlyMakespan ? 0 : settled ? 1000 : 1;
    this.#makespanFactor = settled ? 1 : (1e-4 * objective) / Math.max(1, makespan);
    this.#endFactor = settled ? 0.05 : 0;
  }

  /** Anneals from the share `begin` of the budget to `end`. */
  #round(begin: number, end: number): void {
    this.#chooseEnergy();
    this.#plan.load(this.#bestSequences);
    this.#measure();
    const typical = this.#typicalWorsening();
    const heat = this.#heat(begin, end);
    let temperature = heat * typical;
    let bestCost = this.#cost;
    let bestMakespan = this.#makespan;
    let improved = false;
    for (let step = 0; this.#budget.spend(); step++) {
      this.#steps++;
      if (step % stepsBetweenLooks === 0) {
        if (improved) this.#report();
        improved = false;
        const used = this.#budget.used;
        if (used >= end || this.#isOptimal()) break;
        temperature = heat * typical * cooling ** Math.max(0, (used - begin) / (end - begin));
        this.#chooseGroup();
      }
      const limit = temperature * (this.#exponential[this.#random.next() & 4095] ?? 0);
      if (!(this.#evaluate(limit) <= limit)) continue;
      this.#accept();
      if (this.#cost > bestCost || (this.#cost === bestCost && this.#makespan >= bestMakespan)) continue;
      bestCost = this.#cost;
      bestMakespan = this.#makespan;
      this.#bestSequences = this.#plan.sequences();
      improved = true;
    }
    if (improved) this.#report();
  }

  /** Draws the moves to come from one group of machines, the more often the more it costs. */
  #chooseGroup(): void {
    if (this.#groups.length < 2 || this.#cost === 0 || this.#costFactor === 0) return;
    let left = this.#random.unit() * this.#cost * (1 + evenShare);
    for (const { machines, jobs } of this.#groups) {
      this.#moves.jobs = jobs;
      left -= (evenShare * this.#cost * jobs.length) / this.#work.jobs;
      for (const machine of machines) left -= this.#plan.machineCost[machine] ?? 0;
      if (left < 0) return;
    }
  }

  #heat(begin: number, end: number): number {
    const { jobs } = this.#work;
    const most = Math.max(hottest, hottestOfOneJob / jobs);
    const steps = begin === 0 ? 0 : (this.#steps / begin) * (end - begin);
    return Math.max(cooling * most, most * Math.min(1, steps / jobs / stepsOfAJobToCool));
  }

  #report(): void {
    this.#best = betterSchedule(this.#work, this.#bestSequences, this.#best, this.#options.onImproved);
  }

  #measure(): void {
    this.#cost = this.#plan.totalCost();
    this.#makespan = this.#plan.latestEnd();
  }

  /** The median energy that a random move costs, of those that cost something. */
  #typicalWorsening(): number {
    const costs: number[] = [];
    for (let i = 0; i < 400; i++) {
      const change = this.#evaluate(Infinity);
      if (change < Infinity && change > 0) costs.push(change);
    }
    return costs.sort((a, b) => a - b)[costs.length >> 1] ?? 1;
  }

  /** The change of energy by a random move; Infinity where it cannot be or is certain to be above `limit`. */
  #evaluate(limit: number): number {
    const moves = this.#moves;
    const changes = moves.propose();
    if (changes === 0) return Infinity;
    const plan = this.#plan;
    const { a, b, list } = moves;
    const costLimit = this.#costFactor === 0 ? Infinity : limit / this.#costFactor;
    let cost = 0;
    let endChange = 0;
    if (changes === 2) {
      // The first machine cannot save more than it costs from there on.
      cost = plan.evaluate(b.machine, b.from, b.to, list, b.first, b.count, costLimit + plan.costFrom(a.machine, a.from));
      if (cost === Infinity) return Infinity;
      endChange = plan.newEnd - (plan.machineEnd[b.machine] ?? 0);
      this.#newEnd[1] = plan.newEnd;
    }
    cost += plan.evaluate(a.machine, a.from, a.to, list, a.first, a.count, costLimit - cost);
    if (cost === Infinity) return Infinity;
    endChange += plan.newEnd - (plan.machineEnd[a.machine] ?? 0);
    this.#newEnd[0] = plan.newEnd;
    this.#costChange = cost;
    this.#newMakespan = this.#makespanAfter(changes);
    if (this.#costFactor === 0) return this.#loadEnergyChange(changes);
    return this.#costFactor * cost + this.#makespanFactor * (this.#newMakespan - this.#makespan) + (this.#endFactor / this.#work.machines) * endChange;
  }

  /** Where only the makespan counts: the change of Σ (end / best)^8 over the machines, in ticks, in which the fullest machines count most. */
  #loadEnergyChange(changes: number): number {
    const { a, b } = this.#moves;
    const { machineEnd } = this.#plan;
    let change = this.#loadEnergy(this.#newEnd[0] ?? 0) - this.#loadEnergy(machineEnd[a.machine] ?? 0);
    if (changes === 2) change += this.#loadEnergy(this.#newEnd[1] ?? 0) - this.#loadEnergy(machineEnd[b.machine] ?? 0);
    return change;
  }

  #loadEnergy(end: number): number {
    const best = Math.max(1, this.#best.makespan);
    const square = (end / best) ** 2;
    return (best * square ** 4) / 8;
  }

  #makespanAfter(changes: number): number {
    const { a, b } = this.#moves;
    const { machineEnd } = this.#plan;
    let latest = this.#newEnd[0] ?? 0;
    if (changes === 2) latest = Math.max(latest, this.#newEnd[1] ?? 0);
    for (let machine = 0; machine < machineEnd.length; machine++) {
      const ends = machineEnd[machine] ?? 0;
      if (ends > latest && machine !== a.machine && (changes === 1 || machine !== b.machine)) latest = ends;
    }
    return latest;
  }

  #accept(): void {
    const { a, b, list, changes } = this.#moves;
    this.#plan.replace(a.machine, a.from, a.to, list, a.first, a.count);
    if (changes === 2) this.#plan.replace(b.machine, b.from, b.to, list, b.first, b.count);
    this.#cost += this.#costChange;
    this.#makespan = this.#newMakespan;
  }
}
