import { type MachineClock } from './machine-clock.ts';
import { type ParallelWork, lockedByMachine, setupTicks } from './parallel-work.ts';

const none: Float64Array = new Float64Array();
const noJobs = new Int32Array();

/** Times of the jobs on machines of one calendar: in working ticks where `clock` is given, else in ticks. */
export interface TimeScale {
  readonly clock: MachineClock | undefined;
  readonly release: Float64Array;
  readonly due: Float64Array;
  readonly lockedStart: Float64Array;
}

/** What is kept of each job of the sequences: its end and the cost of its machine so far, the job that ran last there, and how many locked ones have run. */
export interface JobStates {
  readonly end: Float64Array;
  readonly cost: Float64Array;
  readonly last: Int32Array;
  readonly passed: Int32Array;
}

/**
 * Runs one job after the other on a machine and adds up what they cost: weight · max(0, end - due), for the objective `finish` with due 0,
 * for `setup` the setup ticks, for `makespan` nothing. The same times as `endAfter`, made fast for the innermost loop: where work may pause,
 * it counts in working ticks (`timeOf` turns them into ticks), so that only late jobs are looked up in the calendar.
 *
 * Jobs with a locked start run then whether they are in the sequence or not: a job that would not be done before the next of them runs behind it. Every order of the other
 * jobs is thus a schedule. A locked job in the sequence lets all that follow run behind it.
 */
export class SequenceStep {
  /** The job that ran last, -1 for none; its end, in the machine's own scale; the cost so far; how many of the machine's locked jobs have run. */
  last = -1;
  end = 0;
  cost = 0;
  passed = 0;
  /** Per job: what a tick behind its due date costs. */
  readonly weight: Float64Array;
  readonly countsSetups: boolean;
  readonly #work: ParallelWork;
  readonly #due: Float64Array;
  /** Per machine: its jobs with a locked start, by that; per job: its place among them, -1 where it is free. */
  readonly #locked: readonly Int32Array[];
  readonly #rank: Int32Array;
  readonly #scales: readonly TimeScale[];
  /** Per machine: looks up each piece of work where it does not count in working ticks. */
  readonly #clocks: readonly (MachineClock | undefined)[];
  #machine = 0;

  constructor(work: ParallelWork) {
    const { objective } = work.problem;
    this.#work = work;
    this.#due = objective === 'finish' ? new Float64Array(work.jobs) : work.due;
    this.weight = objective === 'finish' || objective === 'tardiness' ? work.weight : new Float64Array(work.jobs);
    this.countsSetups = objective === 'setup';
    this.#locked = lockedByMachine(work);
    this.#rank = new Int32Array(work.jobs).fill(-1);
    for (const jobs of this.#locked) for (const [rank, job] of jobs.entries()) this.#rank[job] = rank;
    const inTicks: TimeScale = { clock: undefined, release: work.release, due: this.#due, lockedStart: work.lockedStart };
    const scales = work.clocks.map((clock, machine) => (clock === undefined || !clock.pausing || hasEmptyWork(work, machine) ? inTicks : this.#workingScale(clock)));
    this.#scales = scales;
    this.#clocks = work.clocks.map((clock, machine) => (scales[machine]?.clock === undefined ? clock : undefined));
  }

  /** The tick of an end in the machine's own scale. */
  timeOf(machine: number, end: number): number {
    const clock = this.#scales[machine]?.clock;
    return clock === undefined ? end : clock.timeOfWork(end);
  }

  /** The scale of a machine whose jobs simply follow each other in it; undefined where each piece of work is looked up in a calendar. */
  scaleOf(machine: number): TimeScale | undefined {
    return this.#clocks[machine] === undefined ? this.#scales[machine] : undefined;
  }

  /** What a job costs that ends at `end` in a scale. */
  costOf(job: number, end: number, { due, clock }: TimeScale): number {
    if (end <= (due[job] ?? 0)) return 0;
    return (this.weight[job] ?? 0) * (clock === undefined ? end - (due[job] ?? 0) : clock.timeOfWork(end) - (this.#due[job] ?? 0));
  }

  /** True where a machine has jobs with a locked start. */
  hasLocked(machine: number): boolean {
    return (this.#locked[machine]?.length ?? 0) > 0;
  }

  /** The jobs of a machine that have a locked start, in the order in which they run. */
  lockedOf(machine: number): Int32Array {
    return this.#locked[machine] ?? noJobs;
  }

  /** Goes to a machine before its first job, or behind a job of which the state is known. */
  begin(machine: number, behind: number, states: JobStates): void {
    this.#machine = machine;
    this.last = behind < 0 ? -1 : (states.last[behind] ?? -1);
    this.end = behind < 0 ? 0 : (states.end[behind] ?? 0);
    this.cost = behind < 0 ? 0 : (states.cost[behind] ?? 0);
    this.passed = behind < 0 ? 0 : (states.passed[behind] ?? 0);
  }

  /**
   * Runs sequence[from] to sequence[to - 1]. With `states`, of the jobs as they were, it stops at the first job that ends as before, or that
   * ends later and costs more than `limit` more. Gives the place at which it stopped, `to` where it ran all; the end is Infinity where a job cannot run.
   */
  run(sequence: Int32Array, from: number, to: number, states?: JobStates, limit = Infinity): number {
    const { family, familyCount, jobs, duration } = this.#work;
    const machine = this.#machine;
    if ((this.#locked[machine]?.length ?? 0) > 0) return this.#runAround(sequence, from, to, states, limit);
    const between = this.#work.between[machine] ?? none;
    const clock = this.#clocks[machine];
    const scale = this.#scales[machine];
    const release = scale?.release ?? none;
    const row = machine * jobs;
    const hasSetups = between.length > 0;
    let before = this.last;
    let end = this.end;
    let cost = this.cost;
    let place = from;
    for (; place < to; place++) {
      const job = sequence[place] ?? 0;
      if (hasSetups || before < 0) {
        const kind = family[job] ?? 0;
        const setup = before < 0 ? (this.#work.initial[machine]?.[kind] ?? 0) : (between[(family[before] ?? 0) * familyCount + kind] ?? 0);
        if (setup > 0) {
          end = clock === undefined ? end + setup : clock.endAfter(end, setup);
          if (this.countsSetups) cost += setup;
        }
      }
      const earliest = release[job] ?? 0;
      if (end < earliest) end = earliest;
      const ticks = duration[row + job] ?? Infinity;
      end = clock === undefined || end === Infinity ? end + ticks : clock.endAfter(end, ticks);
      if (end === Infinity) break;
      if (scale !== undefined) cost += this.costOf(job, end, scale);
      before = job;
      if (states === undefined) continue;
      const oldEnd = states.end[job] ?? 0;
      if (end === oldEnd || (end > oldEnd && cost - (states.cost[job] ?? 0) > limit)) break;
    }
    this.last = before;
    this.end = end;
    this.cost = cost;
    return place;
  }

  /** Runs the locked jobs of the machine that are left. */
  finish(): void {
    this.#runLocked(this.#locked[this.#machine]?.length ?? 0);
  }

  /** The same as `run` on a machine with locked jobs. */
  #runAround(sequence: Int32Array, from: number, to: number, states: JobStates | undefined, limit: number): number {
    const locked = this.lockedOf(this.#machine);
    let place = from;
    for (; place < to; place++) {
      const job = sequence[place] ?? 0;
      const rank = this.#rank[job] ?? -1;
      if (rank >= 0) {
        this.#runLocked(rank + 1);
        continue;
      }
      let end = this.#endBehind(job);
      while (this.passed < locked.length && !this.#isDoneBefore(end, job, locked[this.passed] ?? 0)) {
        this.#runLocked(this.passed + 1);
        end = this.#endBehind(job);
      }
      this.#append(job, end);
      if (this.end === Infinity) break;
      if (states === undefined) continue;
      const oldEnd = states.end[job] ?? 0;
      if ((this.end === oldEnd && this.passed === states.passed[job]) || (this.end > oldEnd && this.cost - (states.cost[job] ?? 0) > limit)) break;
    }
    return place;
  }

  #runLocked(count: number): void {
    const locked = this.lockedOf(this.#machine);
    for (; this.passed < count; this.passed++) {
      const job = locked[this.passed] ?? 0;
      this.#append(job, this.#endBehind(job));
    }
  }

  /** Whether a job that ends at `end`, and the setup behind it, are done before a locked one starts. */
  #isDoneBefore(end: number, job: number, next: number): boolean {
    const start = this.#scales[this.#machine]?.lockedStart[next] ?? 0;
    return end <= start && this.#endOf(end, setupTicks(this.#work, this.#machine, job, next)) <= start;
  }

  #append(job: number, end: number): void {
    const scale = this.#scales[this.#machine];
    if (this.countsSetups) this.cost += setupTicks(this.#work, this.#machine, this.last, job);
    if (scale !== undefined && end < Infinity) this.cost += this.costOf(job, end, scale);
    this.end = end;
    this.last = job;
  }

  /** When a job ends that is run next. */
  #endBehind(job: number): number {
    const { jobs, duration } = this.#work;
    const machine = this.#machine;
    const scale = this.#scales[machine];
    const free = this.#endOf(this.end, setupTicks(this.#work, machine, this.last, job));
    const release = scale?.release[job] ?? 0;
    const ready = free < release ? release : free;
    return this.#endOf(startOf(scale?.lockedStart[job] ?? -1, ready), duration[machine * jobs + job] ?? Infinity);
  }

  #endOf(ready: number, ticks: number): number {
    const clock = this.#clocks[this.#machine];
    return ticks === 0 || clock === undefined || ready === Infinity ? ready + ticks : clock.endAfter(ready, ticks);
  }

  #workingScale(clock: MachineClock): TimeScale {
    const toWork = (time: number): number => (Math.abs(time) === Infinity || time < 0 ? time : clock.workBefore(time));
    return { clock, release: this.#work.release.map(toWork), due: this.#due.map(toWork), lockedStart: this.#work.lockedStart.map(toWork) };
  }
}

function startOf(lockedStart: number, ready: number): number {
  return lockedStart < 0 ? ready : ready > lockedStart ? Infinity : lockedStart;
}

/** Work of no ticks may lie in a break, where working ticks do not tell the time. */
function hasEmptyWork(work: ParallelWork, machine: number): boolean {
  return work.duration.subarray(machine * work.jobs, (machine + 1) * work.jobs).includes(0);
}
