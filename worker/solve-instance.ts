import { SpindleError } from '../common/errors.ts';
import { type InstanceKind } from './scheduling/formats/instance-shapes.ts';
import { readInstance } from './scheduling/formats/read-instance.ts';
import { checkSchedule } from './scheduling/check-schedule.ts';
import { orderOfOperation } from './scheduling/problem.ts';
import { solve } from './scheduling/solve.ts';
import type { SearchState } from './search-progress.ts';

/** How an instance is solved. */
export interface SolveInstanceOptions {
  seed: number;
  iterations?: number | undefined;
  /** Milliseconds of search. */
  timeLimit: number;
  /** The clock, in milliseconds. */
  now: () => number;
  onProgress: (state: SearchState) => void;
}

/** The schedule of a benchmark instance, in the instance's own unit of time; orders, operations and machines are numbered from 0. */
export interface SolvedInstance {
  objective_name: string;
  objective: number;
  lower_bound: number;
  gap: number;
  status: 'optimal' | 'feasible';
  makespan: number;
  operations: { job: number; operation: number; machine: number; start: number; end: number }[];
}

/** Solves a benchmark instance of a kind. Throws `invalid_body` where it is none, and `internal` where the checker finds a fault. */
export async function solveInstance(kind: InstanceKind, instance: unknown, { seed, iterations, timeLimit, now, onProgress }: SolveInstanceOptions): Promise<SolvedInstance> {
  const problem = readInstance(kind, instance);
  const { solution, lowerBound, gap, status } = await solve(problem, {
    seed,
    ...(iterations === undefined ? {} : { iterations }),
    timeLimit,
    now,
    onProgress: (progress) => onProgress({ objective: progress.objective ?? null, lower_bound: progress.lowerBound, gap: progress.gap }),
  });
  const { faults } = checkSchedule(problem, solution, lowerBound);
  if (faults.length > 0) throw new SpindleError('internal', `the schedule does not hold and is thrown away: ${faults.slice(0, 3).join('; ')}`);
  const job = orderOfOperation(problem);
  const operations = [...solution.machine].map((machine, index) => {
    const order = job[index] ?? 0;
    return { job: order, operation: index - (problem.orderStart[order] ?? 0), machine, start: solution.start[index] ?? 0, end: solution.end[index] ?? 0 };
  });
  return { objective_name: problem.objective, objective: solution.objective, lower_bound: lowerBound, gap, status, makespan: solution.makespan, operations };
}
