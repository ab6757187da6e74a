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
  const waiting = new WaitingJobs(work);
  const append = (machine: number, job: number): void => {
    free[machine] = endAfter(work, machine, sequences[machine]?.at(-1) ?? -1, free[machine] ?? 0, job);
    sequences[machine]?.push(job);
  };

  while (waiting.count > 0) {
    const machine = earliest(free, idle);
    if (machine < 0) break;
    const next = locked[machine]?.[0];
    const best = bestWaiting(work, priority, waiting.of(machine), machine, free[machine] ?? 0, sequences[machine]?.at(-1) ?? -1, next);
    if (best >= 0) {
      append(machine, best);
      waiting.take(best);
    } else if (next !== undefined) {
      locked[machine]?.shift();
      append(machine, next);
    } else {
      idle[machine] = 1;
    }
  }
  for (const [machine, jobs] of locked.entries()) for (const job of jobs) append(machine, job);
  for (let job = 0; job < work.jobs; job++) if (waiting.has(job)) placeAnywhere(work, sequences, job);
  return sequences.map((jobs) => Int32Array.from(jobs));
}

/** The jobs without a locked start that are not laid out yet. */
class WaitingJobs {
  count = 0;
  readonly #waits: Uint8Array;
  /** Per machine: the jobs that it takes in the order of their releases; those laid out drop out when the list is asked for. */
  readonly #lists: Int32Array[];

  constructor(work: ParallelWork) {
    this.#waits = Uint8Array.from(work.lockedStart, (start) => (start < 0 ? 1 : 0));
    const order = Array.from({ length: work.jobs }, (_, job) => job).filter((job) => this.has(job));
    order.sort((a, b) => (work.release[a] ?? 0) - (work.release[b] ?? 0) || a - b);
    this.count = order.length;
    this.#lists = Array.from({ length: work.machines }, (_, machine) => Int32Array.from(order.filter((job) => (work.duration[machine * work.jobs + job] ?? Infinity) < Infinity)));
  }

  has(job: number): boolean {
    return this.#waits[job] === 1;
  }

  take(job: number): void {
    this.#waits[job] = 0;
    this.count--;
  }

  /** Those that a machine takes, in the order of their releases. */
  of(machine: number): Int32Array {
    const list = this.#lists[machine] ?? new Int32Array();
    let count = 0;
    for (const job of list) if (this.has(job)) list[count++] = job;
    const left = list.subarray(0, count);
    this.#lists[machine] = left;
    return left;
  }
}

/** The waiting job to run next: of those that have arrived, else of those that arrive first; -1 where none fits. */
function bestWaiting(work: ParallelWork, priority: Priority, waiting: Int32Array, machine: number, now: number, before: number, next: number | undefined): number {
  let best = -1;
  let bestValue = -Infinity;
  let arrival = Infinity;
  for (const job of waiting) {
    const release = work.release[job] ?? 0;
    if (release > now && release > arrival) break;
    const value = priority.of(job, machine, now, setupTicks(work, machine, before, job));
    if (best >= 0 && value <= bestValue) continue;
    if (!fits(work, machine, before, now, job, next)) continue;
    best = job;
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
  /** Per machine · jobs + job, for ATC: the logarithm of weight / ticks. */
  readonly #urgency: Float64Array;

  constructor(work: ParallelWork, rule: DispatchRule, lookAhead: number, setupLookAhead: number) {
    this.#work = work;
    this.#rule = rule;
    this.#scale = lookAhead * Math.max(1, mean(work.duration.filter((ticks) => ticks < Infinity)));
    this.#setupScale = setupLookAhead * mean(Float64Array.from(work.between, (between) => (between === undefined ? 0 : mean(between))));
    const logWeight = work.weight.map((weight) => Math.log(Math.max(weight, 1e-9)));
    const isApparent = rule === 'atc' || rule === 'atcs';
    this.#urgency = isApparent ? work.duration.map((ticks, at) => (logWeight[at % work.jobs] ?? 0) - Math.log(Math.max(1, ticks))) : new Float64Array();
  }

  of(job: number, machine: number, now: number, setup: number): number {
    const due = this.#work.due[job] ?? Infinity;
    const ticks = this.#work.duration[machine * this.#work.jobs + job] ?? Infinity;
    const rule = this.#rule;
    if (rule === 'edd') return -due;
    if (rule === 'ms') return ticks - due;
    if (rule === 'fifo') return -(this.#work.release[job] ?? 0);
    if (rule === 'spt') return (this.#work.weight[job] ?? 0) / Math.max(1, ticks);
    const cost = this.#apparentCost(this.#urgency[machine * this.#work.jobs + job] ?? 0, due - ticks - now);
    return rule === 'atcs' && this.#setupScale > 0 ? cost - setup / this.#setupScale : cost;
  }

  /** The logarithm of weight / ticks · exp(-max(0, slack) / scale), which does not vanish for work that is far from due. */
  #apparentCost(urgency: number, slack: number): number {
    return slack === Infinity ? urgency - 1e9 : urgency - Math.max(0, slack) / this.#scale;
  }
}

function mean(values: Float64Array): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
