import { type MachineSequences } from '../problem.ts';
import { type ParallelWork, endAfter, setupTicks } from './parallel-work.ts';

/**
 * Priorities by which a machine that is free picks its next job, the highest first: earliest due date; apparent tardiness cost (Vepsalainen
 * & Morton 1987) and the same with setups (Lee, Bhaskaran & Pinedo 1997); weighted shortest processing time; first in; least slack.
 */
export const dispatchRules = ['edd', 'atc', 'atcs', 'spt', 'fifo', 'ms'] as const;
export type DispatchRule = (typeof dispatchRules)[number];

/**
 * The sequences that a dispatch rule makes: the machine that is free first takes the best of the jobs that have arrived and fit before its
 * next locked start, until all are laid out. `lookAhead` is the k of ATC in mean durations, `setupLookAhead` that of ATCS in mean setups.
 */
export function dispatch(work: ParallelWork, rule: DispatchRule, lookAhead = 2, setupLookAhead = 0.5): MachineSequences {
  const priority = new Priority(work, rule, lookAhead, setupLookAhead);
  const sequences: number[][] = Array.from({ length: work.machines }, () => []);
  const locked = lockedByMachine(work);
  const free = new Float64Array(work.machines);
  const idle = new Uint8Array(work.machines);
  const waiting = waitingByRelease(work);
  let count = waiting.length;
  const append = (machine: number, job: number): void => {
    free[machine] = endAfter(work, machine, sequences[machine]?.at(-1) ?? -1, free[machine] ?? 0, job);
    sequences[machine]?.push(job);
  };

  while (count > 0) {
    const machine = earliest(free, idle);
    if (machine < 0) break;
    const next = locked[machine]?.[0];
    const best = bestWaiting(work, priority, waiting, count, machine, free[machine] ?? 0, sequences[machine]?.at(-1) ?? -1, next);
    if (best >= 0) {
      append(machine, waiting[best] ?? 0);
      waiting.copyWithin(best, best + 1, count--);
    } else if (next !== undefined) {
      locked[machine]?.shift();
      append(machine, next);
    } else {
      idle[machine] = 1;
    }
  }
  for (const [machine, jobs] of locked.entries()) for (const job of jobs) append(machine, job);
  for (const job of waiting.subarray(0, count)) placeAnywhere(work, sequences, job);
  return sequences.map((jobs) => Int32Array.from(jobs));
}

/** The place among the waiting jobs of the one to run next: of those that have arrived, else of those that arrive first; -1 where none fits. */
function bestWaiting(work: ParallelWork, priority: Priority, waiting: Int32Array, count: number, machine: number, now: number, before: number, next: number | undefined): number {
  let best = -1;
  let bestValue = -Infinity;
  let arrival = Infinity;
  for (let i = 0; i < count; i++) {
    const job = waiting[i] ?? 0;
    const release = work.release[job] ?? 0;
    // The jobs wait in the order of their releases.
    if (release > now && release > arrival) break;
    const ticks = work.duration[machine * work.jobs + job] ?? Infinity;
    if (ticks === Infinity) continue;
    const value = priority.of(job, ticks, now, setupTicks(work, machine, before, job));
    if (best >= 0 && value <= bestValue) continue;
    if (!fits(work, machine, before, now, job, next)) continue;
    best = i;
    bestValue = value;
    arrival = Math.min(arrival, Math.max(release, now));
  }
  return best;
}

function fits(work: ParallelWork, machine: number, before: number, now: number, job: number, next: number | undefined): boolean {
  if (next === undefined && work.clocks[machine] === undefined) return true;
  const end = endAfter(work, machine, before, now, job);
  return end < Infinity && (next === undefined || endAfter(work, machine, job, end, next) < Infinity);
}

function earliest(free: Float64Array, idle: Uint8Array): number {
  let best = -1;
  for (let machine = 0; machine < free.length; machine++) {
    if (idle[machine] === 0 && (best < 0 || (free[machine] ?? 0) < (free[best] ?? 0))) best = machine;
  }
  return best;
}

function waitingByRelease(work: ParallelWork): Int32Array {
  const waiting = Array.from({ length: work.jobs }, (_, job) => job).filter((job) => (work.lockedStart[job] ?? -1) < 0);
  return Int32Array.from(waiting.sort((a, b) => (work.release[a] ?? 0) - (work.release[b] ?? 0) || a - b));
}

function lockedByMachine(work: ParallelWork): number[][] {
  const locked: number[][] = Array.from({ length: work.machines }, () => []);
  const start = (job: number): number => work.lockedStart[job] ?? 0;
  for (let job = 0; job < work.jobs; job++) if (start(job) >= 0) locked[work.problem.lockedMachine[job] ?? 0]?.push(job);
  for (const jobs of locked) jobs.sort((a, b) => start(a) - start(b));
  return locked;
}

/** Inserts a job that the rule had to leave out in the last place of a machine that takes it, at the end of its first machine where none does. */
function placeAnywhere(work: ParallelWork, sequences: number[][], job: number): void {
  const machines = work.eligible.subarray(work.eligibleStart[job], work.eligibleStart[job + 1]);
  for (const machine of machines) {
    const sequence = sequences[machine] ?? [];
    for (let place = sequence.length; place >= 0; place--) {
      const changed = sequence.toSpliced(place, 0, job);
      let end = 0;
      for (const [k, placed] of changed.entries()) end = endAfter(work, machine, changed[k - 1] ?? -1, end, placed);
      if (end === Infinity) continue;
      sequences[machine] = changed;
      return;
    }
  }
  sequences[machines[0] ?? 0]?.push(job);
}

/** What a rule makes of a job at a time. */
class Priority {
  readonly #work: ParallelWork;
  readonly #rule: DispatchRule;
  readonly #scale: number;
  readonly #setupScale: number;
  readonly #logWeight: Float64Array;

  constructor(work: ParallelWork, rule: DispatchRule, lookAhead: number, setupLookAhead: number) {
    this.#work = work;
    this.#rule = rule;
    this.#scale = lookAhead * Math.max(1, mean(work.duration.filter((ticks) => ticks < Infinity)));
    this.#setupScale = setupLookAhead * mean(Float64Array.from(work.between, (between) => (between === undefined ? 0 : mean(between))));
    this.#logWeight = work.weight.map((weight) => Math.log(Math.max(weight, 1e-9)));
  }

  of(job: number, ticks: number, now: number, setup: number): number {
    const due = this.#work.due[job] ?? Infinity;
    const rule = this.#rule;
    if (rule === 'edd') return -due;
    if (rule === 'ms') return ticks - due;
    if (rule === 'fifo') return -(this.#work.release[job] ?? 0);
    if (rule === 'spt') return (this.#work.weight[job] ?? 0) / Math.max(1, ticks);
    const cost = this.#apparentCost(job, ticks, due - ticks - now);
    return rule === 'atcs' && this.#setupScale > 0 ? cost - setup / this.#setupScale : cost;
  }

  /** The logarithm of weight / ticks · exp(-max(0, slack) / scale), which does not vanish for work that is far from due. */
  #apparentCost(job: number, ticks: number, slack: number): number {
    const urgency = (this.#logWeight[job] ?? 0) - Math.log(Math.max(1, ticks));
    return slack === Infinity ? urgency - 1e9 : urgency - Math.max(0, slack) / this.#scale;
  }
}

function mean(values: Float64Array): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
