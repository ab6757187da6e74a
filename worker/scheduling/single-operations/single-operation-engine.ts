import { SpindleError } from '../../../common/errors.ts';
import type { EngineOptions, Problem, Solution } from '../problem.ts';
import { boundBudget, shareOfTime } from '../shares.ts';
import type { BoundedSolution, SolverOptions } from '../solver.ts';
import { bestDispatch } from './best-dispatch.ts';
import { dynasearch, isOneMachineTardiness } from './dynasearch.ts';
import { leastSetupBound } from './least-setup-bound.ts';
import { isLoadProblem, loadAnnealing } from './load-annealing.ts';
import { exactSequences, isFewJobs } from './exact-sequences.ts';
import { type ParallelWork, parallelWork } from './parallel-work.ts';
import { isIdenticalMachines, repartition } from './repartition.ts';
import { ruinAndRecreate } from './ruin-and-recreate.ts';
import { betterSchedule, scheduleOfSequences, sequencesOf } from './schedule-of-sequences.ts';
import { canSearchSegments, segmentSearch } from './segment-search.ts';
import { sequenceAnnealing } from './sequence-annealing.ts';
import { timeIndexedBound } from './time-indexed-bound.ts';
import { unrelatedMachines } from './unrelated-machines.ts';
import { workingLoadBound } from './working-load-bound.ts';

/** Share of the time that the dispatch rules may take once there is a schedule: with thousands of jobs the search makes less of it than better look-aheads do. */
const dispatchShare = 0.7;

/** Share of the time, and milliseconds at most, for a first search ahead of the bound. */
const firstShare = 0.05;
const mostFirstMs = 400;

/** Share of the time that a bound may take. */
const boundShare = 0.15;

/** The same where one machine's tardiness is searched first. */
const oneMachineBoundShare = 0.4;

/** Share of the search that anneals, where the objective is a sum over jobs or setups; the rest ruins and recreates. */
const annealingShare = 0.5;

/** Jobs above which annealing gets further in ten seconds. */
const mostRuined = 400;

/** Share of the time for going through all sequences of a few jobs, and states at most, which are kept. */
const exactShare = 0.1;
const exactStates = 300_000;

/** Rounds of the time-indexed bound and, where iterations are limited, pairs of job, machine and cell that it looks at in all: a second or two. */
const boundIterations = 3000;
const boundPlaces = 1e8;

/** Setups, machine by machine and job by job, that the engine for makespans with setups keeps at most: 40 MB. */
const mostSetups = 5_000_000;

/**
 * Solves problems in which every order is one operation, with the engine and the bound for their structure. Throws `invalid_body` where no dispatch rule comes to a schedule that
 * keeps the locked starts, and in which work and setups that must not pause fit between two breaks.
 */
export async function solveSingleOperations(problem: Problem, options: SolverOptions): Promise<BoundedSolution> {
  const work = parallelWork(problem);
  const loadsOnly = isLoadProblem(work);
  if (loadsOnly && isIdenticalMachines(work)) return repartition(problem, options);
  if (loadsOnly && work.between.every((between) => between === undefined)) return unrelatedMachines(problem, options);

  let start = startingSchedule(work, options);
  if (isFewJobs(work)) {
    const exact = exactSequences(work, start, boundBudget(options, exactShare, exactStates, true), options.onImproved);
    start = exact.solution;
    if (exact.isComplete && start.makespan < Infinity) return { solution: start, lowerBound: told(start.objective, options.onBound) };
  }
  // The searches improve a schedule: where there is none, they have nothing to go by.
  if (start.makespan === Infinity) throw new SpindleError('invalid_body', 'the locked starts, calendars and setups: expected a schedule that keeps to them, found none');
  options.onImproved?.(start);
  if (isOneMachineTardiness(work)) return oneMachine(work, start, options);
  // Whoever waits has a good schedule before the bound is sought, which takes the longest time without an improvement.
  const first = search(work, loadsOnly, { ...options, ...firstBudget(options), incumbent: start });
  const lowerBound = boundOf(work, first, options, boundShare);
  if (lowerBound === first.objective && problem.objective === 'makespan') return { solution: first, lowerBound };
  const { iterations } = options;
  const rest = iterations === undefined ? options : { ...options, iterations: iterations - Math.floor(firstShare * iterations) };
  return { solution: search(work, loadsOnly, { ...rest, incumbent: first, lowerBound }), lowerBound };
}

function firstBudget(options: EngineOptions): Pick<EngineOptions, 'deadline' | 'iterations'> {
  const { iterations, now } = options;
  const deadline = shareOfTime(options, firstShare);
  return iterations === undefined ? { deadline: Math.min(deadline, now() + mostFirstMs) } : { deadline, iterations: Math.floor(firstShare * iterations) };
}

/** A schedule no worse than the incumbent, without bounds: by the search for its structure from there, or from what the dispatch rules make where they are to be tried and make a better one. */
export function improveSchedule(problem: Problem, options: EngineOptions & { readonly incumbent: Solution }, byRulesToo: boolean): Solution {
  const work = parallelWork(problem);
  const incumbent = byRulesToo ? startingSchedule(work, options) : scheduleOfSequences(work, sequencesOf(work, options.incumbent));
  return incumbent.makespan === Infinity ? options.incumbent : search(work, isLoadProblem(work), { ...options, incumbent });
}

/** The better of the incumbent and what the dispatch rules make, each improvement told; its makespan is Infinity where none can be. */
function startingSchedule(work: ParallelWork, options: EngineOptions): Solution {
  const { incumbent, onImproved, now, stop } = options;
  const until = shareOfTime(options, dispatchShare);
  const dispatched = scheduleOfSequences(work, bestDispatch(work, onImproved, () => now() >= until || stop()));
  return incumbent === undefined ? dispatched : betterSchedule(work, sequencesOf(work, incumbent), dispatched, onImproved);
}

/** Dynasearch comes to its best soon; the bound, from there on, takes what is left. */
function oneMachine(work: ParallelWork, start: Solution, options: SolverOptions): BoundedSolution {
  const solution = dynasearch(work.problem, { ...options, deadline: shareOfTime(options, 1 - oneMachineBoundShare), incumbent: start });
  return { solution, lowerBound: boundOf(work, solution, options, 1) };
}

function search(work: ParallelWork, loadsOnly: boolean, options: SolverOptions & { readonly incumbent: Solution }): Solution {
  const { problem, jobs, machines } = work;
  if (loadsOnly && machines * (jobs + 1) ** 2 <= mostSetups) return loadAnnealing(problem, options, sequencesOf(work, options.incumbent));
  const onlyMakespan = problem.objective === 'makespan' || options.incumbent.objective <= (options.lowerBound ?? 0);
  if (onlyMakespan || jobs > mostRuined) return sequenceAnnealing(problem, options);
  if (canSearchSegments(work)) return exchangeAndAnneal(work, options);
  return annealAndRuin(work, options);
}

/** What exchanging segments leaves, the makespan where the bound is reached before, is annealed. */
function exchangeAndAnneal(work: ParallelWork, options: SolverOptions & { readonly incumbent: Solution }): Solution {
  const { iterations } = options;
  const half = iterations === undefined ? options : { ...options, iterations: Math.floor(iterations / 2) };
  const found = segmentSearch(work, sequencesOf(work, options.incumbent), half);
  return sequenceAnnealing(work.problem, { ...half, incumbent: found });
}

/** Annealing gets near soon; ruining finds what takes several jobs at once. Where the bound is reached, annealing goes on with the makespan. */
function annealAndRuin(work: ParallelWork, options: SolverOptions & { readonly incumbent: Solution }): Solution {
  const { iterations, lowerBound = 0 } = options;
  const half = iterations === undefined ? options : { ...options, iterations: Math.floor(iterations / 2) };
  const annealed = sequenceAnnealing(work.problem, { ...half, deadline: shareOfTime(options, annealingShare) });
  if (annealed.objective <= lowerBound) return sequenceAnnealing(work.problem, { ...half, incumbent: annealed });
  const ruined = ruinAndRecreate(work, sequencesOf(work, annealed), half);
  // Iterations, where they are limited, are used up.
  return ruined.objective > lowerBound || iterations !== undefined ? ruined : sequenceAnnealing(work.problem, { ...options, incumbent: ruined });
}

/** The bound for the objective, told as it grows; `share` is that of the time left which it may take, the schedule a good one. */
export function boundOf(work: ParallelWork, solution: Solution, options: SolverOptions, share: number): number {
  const { onBound } = options;
  const goOn = boundBudget(options, share, boundPlaces);
  const { objective } = work.problem;
  if (objective === 'makespan') return told(workingLoadBound(work, solution.makespan, goOn), onBound);
  if (objective === 'setup') return told(leastSetupBound(work), onBound);
  return timeIndexedBound(work, {
    solution,
    iterations: boundIterations,
    goOn,
    onImproved: (bound) => onBound?.(bound),
  });
}

function told(bound: number, tell: SolverOptions['onBound']): number {
  tell?.(bound);
  return bound;
}
