import { type MachineClock } from './machine-clock.ts';
import { type ParallelWork } from './parallel-work.ts';

const none: Float64Array = new Float64Array();

/** Times of the jobs on machines of one calendar: in working ticks where `clock` is given, else in ticks. */
export interface TimeScale {
  readonly clock: MachineClock | undefined;
  readonly release: Float64Array;
  readonly due: Float64Array;
  readonly lockedStart: Float64Array;
}

/**
 * Runs one job after the other on a machine and adds up what they cost: weight · max(0, end - due), for the objective `finish` with due 0,
 * for `setup` the setup ticks, for `makespan` nothing. The same times as `endAfter`, made fast for the innermost loop: where work may pause,
 * it counts in working ticks (`timeOf` turns them into ticks), so that only late jobs are looked up in the calendar.
 */
export class SequenceStep {
  /** Of the job that ran last, in the machine's own scale. */
  end = 0;
  cost = 0;
  /** Per job: what a tick behind its due date costs. */
  readonly weight: Float64Array;
  readonly countsSetups: boolean;
  readonly #work: ParallelWork;
  readonly #due: Float64Array;
  readonly #hasLocks: boolean;
  readonly #scales: readonly TimeScale[];
  /** Per machine: looks up each piece of work where it does not count in working ticks. */
  readonly #clocks: readonly (MachineClock | undefined)[];
  #machine = 0;
  #before = -1;

  constructor(work: ParallelWork) {
    const { objective } = work.problem;
    this.#work = work;
    this.#due = objective === 'finish' ? new Float64Array(work.jobs) : work.due;
    this.weight = objective === 'finish' || objective === 'tardiness' ? work.weight : new Float64Array(work.jobs);
    this.countsSetups = objective === 'setup';
    this.#hasLocks = work.lockedStart.some((start) => start >= 0);
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

  /** Goes to a machine on which `before` (-1 for none) has ended at `end`, at `cost` so far. */
  begin(machine: number, before: number, end: number, cost: number): void {
    this.#machine = machine;
    this.#before = before;
    this.end = end;
    this.cost = cost;
  }

  /**
   * Runs sequence[from] to sequence[to - 1]. With `ends` and `costs`, of the jobs as they were, it stops at the first job that ends as before, or that
   * ends later and costs more than `limit` more. Gives the place at which it stopped, `to` where it ran all; the end is Infinity where a job cannot run.
   */
  run(sequence: Int32Array, from: number, to: number, ends?: Float64Array, costs?: Float64Array, limit = Infinity): number {
    const { family, familyCount, jobs, duration } = this.#work;
    const machine = this.#machine;
    const between = this.#work.between[machine] ?? none;
    const clock = this.#clocks[machine];
    const scale = this.#scales[machine];
    const release = scale?.release ?? none;
    const row = machine * jobs;
    const hasSetups = between.length > 0;
    let before = this.#before;
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
      if (this.#hasLocks) end = locked(scale?.lockedStart[job] ?? -1, end);
      const ticks = duration[row + job] ?? Infinity;
      end = clock === undefined || end === Infinity ? end + ticks : clock.endAfter(end, ticks);
      if (end === Infinity) break;
      if (scale !== undefined) cost += this.costOf(job, end, scale);
      before = job;
      if (ends === undefined) continue;
      const oldEnd = ends[job] ?? 0;
      if (end === oldEnd || (end > oldEnd && cost - (costs?.[job] ?? 0) > limit)) break;
    }
    this.#before = before;
    this.end = end;
    this.cost = cost;
    return place;
  }

  #workingScale(clock: MachineClock): TimeScale {
    const toWork = (time: number): number => (Math.abs(time) === Infinity || time < 0 ? time : clock.workBefore(time));
    return { clock, release: this.#work.release.map(toWork), due: this.#due.map(toWork), lockedStart: this.#work.lockedStart.map(toWork) };
  }
}

function locked(start: number, ready: number): number {
  return start < 0 ? ready : ready > start ? Infinity : start;
}

/** Work of no ticks may lie in a break, where working ticks do not tell the time. */
function hasEmptyWork(work: ParallelWork, machine: number): boolean {
  return work.duration.subarray(machine * work.jobs, (machine + 1) * work.jobs).includes(0);
}
