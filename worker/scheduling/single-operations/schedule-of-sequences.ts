import { type EngineOptions, type MachineSequences, type Solution, isBetter } from '../problem.ts';
import { sumOverOrders } from '../sum-over-orders.ts';
import { type ParallelWork, endAfter, setupTicks } from './parallel-work.ts';

/** The schedule in which every machine runs its sequence as early as it can. */
export function scheduleOfSequences(work: ParallelWork, sequences: MachineSequences): Solution {
  const { jobs } = work;
  const machine = new Int32Array(jobs);
  const start = new Float64Array(jobs);
  const end = new Float64Array(jobs);
  let setup = 0;
  let makespan = 0;
  for (const [i, sequence] of sequences.entries()) {
    let before = -1;
    let free = 0;
    for (const job of sequence) {
      machine[job] = i;
      setup += setupTicks(work, i, before, job);
      end[job] = endAfter(work, i, before, free, job);
      start[job] = startAfter(work, i, before, free, job);
      before = job;
      free = end[job] ?? 0;
      makespan = Math.max(makespan, free);
    }
  }
  return { machine, start, end, objective: objectiveOf(work, end, makespan, setup), makespan };
}

/** The schedule of the sequences, told as an improvement, where it is better than the best so far; else that one. */
export function betterSchedule(work: ParallelWork, sequences: MachineSequences, best: Solution, onImproved: EngineOptions['onImproved']): Solution {
  const found = scheduleOfSequences(work, sequences);
  if (!isBetter(found, best)) return best;
  onImproved?.(found);
  return found;
}

/** The sequences of a schedule's machines: their jobs by start, then end. */
export function sequencesOf(work: ParallelWork, solution: Solution): MachineSequences {
  const sequences: number[][] = Array.from({ length: work.machines }, () => []);
  for (let job = 0; job < work.jobs; job++) sequences[solution.machine[job] ?? 0]?.push(job);
  const by = (times: Float64Array, a: number, b: number): number => (times[a] ?? 0) - (times[b] ?? 0);
  return sequences.map((jobs) => Int32Array.from(jobs.sort((a, b) => by(solution.start, a, b) || by(solution.end, a, b))));
}

function startAfter(work: ParallelWork, machine: number, before: number, free: number, job: number): number {
  const locked = work.lockedStart[job] ?? -1;
  if (locked >= 0) return locked;
  const clock = work.clocks[machine];
  const setup = setupTicks(work, machine, before, job);
  const ready = Math.max(clock === undefined ? free + setup : clock.endAfter(free, setup), work.release[job] ?? 0);
  return clock === undefined ? ready : clock.startAfter(ready, work.duration[machine * work.jobs + job] ?? 0);
}

function objectiveOf({ problem }: ParallelWork, end: Float64Array, makespan: number, setup: number): number {
  if (problem.objective === 'makespan' || makespan === Infinity) return makespan;
  return problem.objective === 'setup' ? setup : sumOverOrders(problem, end);
}
