import { type MachineSequences } from '../problem.ts';
import { DispatchQueue, type StaticPriority } from './dispatch-queue.ts';
import { type ParallelWork, endAfter, lockedByMachine } from './parallel-work.ts';

/**
 * Priorities by which a machine that is free picks its next job, the highest first: earliest due date; apparent tardiness cost with setups (Lee,
 * Bhaskaran & Pinedo 1997; without any, that of Vepsalainen & Morton 1987); weighted shortest processing time; first in; least slack.
 */
export const dispatchRules = ['edd', 'atcs', 'spt', 'fifo', 'ms'] as const;
export type DispatchRule = (typeof dispatchRules)[number];

/** Jobs laid out between two looks at the clock. */
const jobsBetweenLooks = 64;

/**
 * The sequences that a dispatch rule makes: the machine that is free first takes the best of the jobs that have arrived and fit before its
 * next locked start, until all are laid out. `lookAhead` and `setupLookAhead` are the k1 and k2 of ATCS, in mean durations and mean setups. Undefined where `isOver`, asked now and then, ends it.
 */
export function dispatch(work: ParallelWork, rule: DispatchRule, lookAhead?: number, setupLookAhead?: number): MachineSequences;
export function dispatch(work: ParallelWork, rule: DispatchRule, lookAhead?: number, setupLookAhead?: number, isOver?: () => boolean): MachineSequences | undefined;
export function dispatch(work: ParallelWork, rule: DispatchRule, lookAhead = 2, setupLookAhead = 0.5, isOver = (): boolean => false): MachineSequences | undefined {
  const sequences: number[][] = Array.from({ length: work.machines }, () => []);
  const locked = lockedByMachine(work).map((jobs) => [...jobs]);
  const free = new Float64Array(work.machines);
  const idle = new Uint8Array(work.machines);
  const waits = Uint8Array.from(work.lockedStart, (start) => (start < 0 ? 1 : 0));
  let left = waits.reduce((sum, one) => sum + one, 0);
  const queues = dispatchQueues(work, priorities(work, rule, lookAhead, setupLookAhead), waits);
  const append = (machine: number, job: number): void => {
    free[machine] = endAfter(work, machine, sequences[machine]?.at(-1) ?? -1, free[machine] ?? 0, job);
    sequences[machine]?.push(job);
  };

  for (let step = 1; left > 0; step++) {
    if (step % jobsBetweenLooks === 0 && isOver()) return undefined;
    const machine = earliest(free, idle);
    if (machine < 0) break;
    const next = locked[machine]?.[0];
    const now = free[machine] ?? 0;
    const before = sequences[machine]?.at(-1) ?? -1;
    const best = queues[machine]?.best(now, before, next === undefined ? Infinity : (work.lockedStart[next] ?? 0), (job) => fits(work, machine, before, now, job, next)) ?? -1;
    if (best >= 0) {
      append(machine, best);
      waits[best] = 0;
      left--;
    } else if (next !== undefined) {
      locked[machine]?.shift();
      append(machine, next);
    } else {
      idle[machine] = 1;
    }
  }
  for (const [machine, jobs] of locked.entries()) for (const job of jobs) append(machine, job);
  for (let job = 0; job < work.jobs; job++) if (waits[job] === 1) placeAnywhere(work, sequences, job);
  return sequences.map((jobs) => Int32Array.from(jobs));
}

/** The jobs that wait for each machine; `waits` tells which still do. */
function dispatchQueues(work: ParallelWork, priority: readonly StaticPriority[], waits: Uint8Array): DispatchQueue[] {
  const order = Int32Array.from(waits.keys()).filter((job) => waits[job] === 1).sort((a, b) => (work.release[a] ?? 0) - (work.release[b] ?? 0) || a - b);
  const rank = new Int32Array(work.jobs);
  const arriving: number[][] = Array.from({ length: work.machines }, () => []);
  for (const [place, job] of order.entries()) {
    rank[job] = place;
    for (let k = work.eligibleStart[job] ?? 0; k < (work.eligibleStart[job + 1] ?? 0); k++) arriving[work.eligible[k] ?? 0]?.push(job);
  }
  return priority.map((each, machine) => new DispatchQueue(work, machine, Int32Array.from(arriving[machine] ?? []), rank, each, waits));
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

/** What a rule makes of the jobs on each machine. ATCS is taken as a logarithm, which does not vanish for work that is far from due. */
function priorities(work: ParallelWork, rule: DispatchRule, lookAhead: number, setupLookAhead: number): StaticPriority[] {
  const { due, release, weight, jobs } = work;
  const scale = lookAhead * Math.max(1, mean(work.duration.filter((ticks) => ticks < Infinity)));
  const setups = rule === 'atcs' ? setupLookAhead * mean(Float64Array.from(work.between, (between) => (between === undefined ? 0 : mean(between)))) : 0;
  const setupScale = setups > 0 ? setups : Infinity;
  const ofAll = rule === 'edd' ? due.map((time) => -time) : rule === 'fifo' ? release.map((time) => -time) : undefined;
  return Array.from({ length: work.machines }, (_, machine) => {
    if (ofAll !== undefined) return { urgent: ofAll, calm: undefined, scale, setupScale };
    const durations = work.duration.subarray(machine * jobs, (machine + 1) * jobs);
    if (rule === 'ms') return { urgent: due.map((time, job) => (durations[job] ?? 0) - time), calm: undefined, scale, setupScale };
    if (rule === 'spt') return { urgent: weight.map((each, job) => each / Math.max(1, durations[job] ?? 1)), calm: undefined, scale, setupScale };
    const urgent = weight.map((each, job) => Math.log(Math.max(each, 1e-9)) - Math.log(Math.max(1, durations[job] ?? 1)));
    const calm = urgent.map((each, job) => (due[job] === Infinity ? each - 1e9 : each - ((due[job] ?? 0) - (durations[job] ?? 0)) / scale));
    return { urgent, calm, scale, setupScale };
  });
}

/** 0 of none. */
export function mean(values: Float64Array): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
