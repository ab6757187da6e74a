import { type MachinePlan } from './machine-plan.ts';
import { type ParallelWork, setupTicks } from './parallel-work.ts';
import { type TimeScale } from './sequence-step.ts';

/**
 * Lower bounds of what it costs more to put a job at each place of a machine, so that only few places need to be evaluated job by job. All jobs behind the place
 * come later at least by the least delay that any place makes, up to the first that had to wait anyway; what this costs is summed up once, from the last
 * job to the first. A longer delay costs each job that is late then its weight a tick more: working ticks never pass faster than ticks.
 */
export class InsertionBounds {
  /** By place, -Infinity where nothing is known. */
  readonly bounds: Float64Array;
  readonly #work: ParallelWork;
  readonly #plan: MachinePlan;
  /** By place: how much later the job there starts when the new one comes before it. */
  readonly #delay: Float64Array;

  constructor(plan: MachinePlan) {
    const { jobs } = plan.work;
    this.#work = plan.work;
    this.#plan = plan;
    this.bounds = new Float64Array(jobs + 1);
    this.#delay = new Float64Array(jobs + 1);
  }

  /** Bounds the places `from` to `to` of a machine for a job that is in no sequence, but for those of work that must fit between breaks, that is locked, or that never ends, and setups around locked jobs; gives the place with the least bound. */
  fill(machine: number, job: number, from: number, to: number): number {
    const scale = this.#plan.step.scaleOf(machine);
    if (scale === undefined || (this.#work.lockedStart[job] ?? -1) >= 0 || (this.#plan.step.countsSetups && this.#plan.step.hasLocked(machine)) || this.#plan.machineEnd[machine] === Infinity) {
      this.bounds.fill(-Infinity, from, to + 1);
      return to;
    }
    const delay = this.#fillOwn(machine, job, from, to, scale);
    if (delay < Infinity) this.#addTails(machine, from, to, delay, scale);
    let least = to;
    for (let place = from; place < to; place++) if ((this.bounds[place] ?? 0) < (this.bounds[least] ?? 0)) least = place;
    return least;
  }

  /** Sets the bounds to what the job itself costs at each place, and the delays that it makes; gives the least of these. */
  #fillOwn(machine: number, job: number, from: number, to: number, scale: TimeScale): number {
    const { duration, jobs } = this.#work;
    const { step, end } = this.#plan;
    const sequence = this.#plan.sequenceOf(machine);
    const length = this.#plan.lengths[machine] ?? 0;
    const row = machine * jobs;
    const release = scale.release[job] ?? 0;
    const ticks = duration[row + job] ?? Infinity;
    let least = Infinity;
    for (let place = from; place <= to; place++) {
      const before = place === 0 ? -1 : (sequence[place - 1] ?? 0);
      const setup = setupTicks(this.#work, machine, before, job);
      const ready = (before < 0 ? 0 : (end[before] ?? 0)) + setup;
      const ends = (ready < release ? release : ready) + ticks;
      let bound = step.countsSetups ? setup : step.costOf(job, ends, scale);
      let delay = 0;
      if (place < length) {
        const next = sequence[place] ?? 0;
        const starts = (end[next] ?? 0) - (duration[row + next] ?? 0);
        const setupAfter = setupTicks(this.#work, machine, job, next);
        delay = ends + setupAfter - starts;
        if (step.countsSetups) bound += setupAfter - this.#setupAt(machine, place);
        else if (delay > 0) least = delay < least ? delay : least;
        else if (delay < 0 && !this.#waits(machine, place)) bound = -Infinity;
      }
      this.#delay[place] = delay;
      this.bounds[place] = bound;
    }
    return least;
  }

  /** Adds to the bounds what the jobs behind each place cost more when they come later by at least `least`. */
  #addTails(machine: number, from: number, to: number, least: number, scale: TimeScale): void {
    const plan = this.#plan;
    const { end, cost, step } = plan;
    const sequence = plan.sequenceOf(machine);
    let tailCost = 0;
    let lateWeight = 0;
    for (let place = (plan.lengths[machine] ?? 0) - 1; place >= from; place--) {
      const job = sequence[place] ?? 0;
      const ends = (end[job] ?? 0) + least;
      if (ends > (scale.due[job] ?? 0)) {
        const costBefore = place === 0 ? 0 : (cost[sequence[place - 1] ?? 0] ?? 0);
        tailCost += step.costOf(job, ends, scale) - (cost[job] ?? 0) + costBefore;
        lateWeight += step.weight[job] ?? 0;
      }
      const delay = place <= to ? (this.#delay[place] ?? 0) : 0;
      if (delay > 0) this.bounds[place] = (this.bounds[place] ?? 0) + tailCost + (delay - least) * lateWeight;
      if (lateWeight > 0 && this.#waits(machine, place)) {
        tailCost = 0;
        lateWeight = 0;
      }
    }
  }

  /** True where the job at a place starts later than the one before it lets it. */
  #waits(machine: number, place: number): boolean {
    const { end } = this.#plan;
    const sequence = this.#plan.sequenceOf(machine);
    const job = sequence[place] ?? 0;
    const free = place === 0 ? 0 : (end[sequence[place - 1] ?? 0] ?? 0);
    return (end[job] ?? 0) - (this.#work.duration[machine * this.#work.jobs + job] ?? 0) > free + this.#setupAt(machine, place);
  }

  /** The setup before the job at a place. */
  #setupAt(machine: number, place: number): number {
    const sequence = this.#plan.sequenceOf(machine);
    return setupTicks(this.#work, machine, place === 0 ? -1 : (sequence[place - 1] ?? 0), sequence[place] ?? 0);
  }
}
