import { type Problem, operationCount, orderCount } from '../problem.ts';
import { MachineClock } from './machine-clock.ts';

/** A problem in which every order is one operation, here called a job (job = operation), as flat arrays for the inner loops. */
export interface ParallelWork {
  readonly problem: Problem;
  readonly jobs: number;
  readonly machines: number;
  /** Ticks of job j on machine i at i · jobs + j; Infinity where it cannot run there or is locked elsewhere. */
  readonly duration: Float64Array;
  /** The machines of job j are eligible[eligibleStart[j]] to eligible[eligibleStart[j + 1] - 1]. */
  readonly eligibleStart: Int32Array;
  readonly eligible: Int32Array;
  readonly family: Int32Array;
  readonly familyCount: number;
  /** Per machine: setups from family a to b at a · familyCount + b; undefined where there are none. */
  readonly between: readonly (Float64Array | undefined)[];
  /** Per machine: setups before the first job by its family. */
  readonly initial: readonly (Float64Array | undefined)[];
  readonly release: Float64Array;
  readonly due: Float64Array;
  readonly weight: Float64Array;
  /** -1 where free. */
  readonly lockedStart: Float64Array;
  /** Per machine; undefined where it works always. */
  readonly clocks: readonly (MachineClock | undefined)[];
}

/** True for a problem in which every order is exactly one operation. */
export function isSingleOperation(problem: Problem): boolean {
  const orders = orderCount(problem);
  return orders === operationCount(problem) && problem.orderStart.every((start, order) => start === order);
}

/** The arrays of a problem of single operations. */
export function parallelWork(problem: Problem): ParallelWork {
  const jobs = operationCount(problem);
  const machines = problem.machineCount;
  const duration = new Float64Array(jobs * machines).fill(Infinity);
  let horizon = 0;
  for (let job = 0; job < jobs; job++) {
    const locked = problem.lockedMachine[job] ?? -1;
    let longest = 0;
    for (let i = problem.alternativeStart[job] ?? 0; i < (problem.alternativeStart[job + 1] ?? 0); i++) {
      const machine = problem.alternativeMachine[i] ?? 0;
      if (locked >= 0 && machine !== locked) continue;
      const ticks = problem.alternativeDuration[i] ?? Infinity;
      duration[machine * jobs + job] = ticks;
      longest = Math.max(longest, ticks);
    }
    horizon += longest;
  }
  horizon += problem.release.reduce((latest, release) => Math.max(latest, release), 0) + jobs * longestSetup(problem);
  const clocks = problem.calendars.map((calendar) => (calendar === undefined ? undefined : new MachineClock(calendar, horizon)));
  const eligibleStart = new Int32Array(jobs + 1);
  const eligible: number[] = [];
  for (let job = 0; job < jobs; job++) {
    for (let machine = 0; machine < machines; machine++) {
      const at = machine * jobs + job;
      // Work that must not pause and is longer than every window.
      if (clocks[machine]?.endAfter(0, duration[at] ?? Infinity) === Infinity) duration[at] = Infinity;
      if ((duration[at] ?? Infinity) < Infinity) eligible.push(machine);
    }
    eligibleStart[job + 1] = eligible.length;
  }
  return {
    problem,
    jobs,
    machines,
    duration,
    eligibleStart,
    eligible: Int32Array.from(eligible),
    family: problem.setupFamily,
    familyCount: problem.familyCount,
    between: problem.setups.map((setups) => setups?.between),
    initial: problem.setups.map((setups) => setups?.initial),
    release: problem.release,
    due: problem.due,
    weight: problem.weight,
    lockedStart: problem.lockedStart,
    clocks,
  };
}

function longestSetup(problem: Problem): number {
  let longest = 0;
  for (const setups of new Set(problem.setups.flatMap((one) => (one === undefined ? [] : [one.between, one.initial])))) {
    for (const ticks of setups ?? []) longest = Math.max(longest, ticks);
  }
  return longest;
}

/** Ticks of setup of `job` on `machine` after `before`, -1 for the machine's first job. */
export function setupTicks(work: ParallelWork, machine: number, before: number, job: number): number {
  const family = work.family[job] ?? 0;
  if (before < 0) return work.initial[machine]?.[family] ?? 0;
  return work.between[machine]?.[(work.family[before] ?? 0) * work.familyCount + family] ?? 0;
}

/** Per machine: its jobs with a locked start, by that. */
export function lockedByMachine({ jobs, lockedStart, problem }: ParallelWork): Int32Array[] {
  const locked: number[][] = Array.from({ length: problem.machineCount }, () => []);
  for (let job = 0; job < jobs; job++) if ((lockedStart[job] ?? -1) >= 0) locked[problem.lockedMachine[job] ?? 0]?.push(job);
  return locked.map((each) => Int32Array.from(each.sort((a, b) => (lockedStart[a] ?? 0) - (lockedStart[b] ?? 0))));
}

/** When `job`, which is there from `release` on, ends on `machine` after `before` (-1 for none), which ended at `free`; Infinity where it cannot run there and then. */
export function endAfter(work: ParallelWork, machine: number, before: number, free: number, job: number, release = work.release[job] ?? 0): number {
  if (free === Infinity) return Infinity;
  const clock = work.clocks[machine];
  const setup = setupTicks(work, machine, before, job);
  let ready = clock === undefined ? free + setup : clock.endAfter(free, setup);
  ready = Math.max(ready, release);
  const locked = work.lockedStart[job] ?? -1;
  if (locked >= 0) {
    if (ready > locked) return Infinity;
    ready = locked;
  }
  const ticks = work.duration[machine * work.jobs + job] ?? Infinity;
  return clock === undefined || ticks === Infinity ? ready + ticks : clock.endAfter(ready, ticks);
}
