import type { Calendar, MachineSetups, Problem, Solution } from './problem.ts';

/** What the checker found: what is wrong, empty where the schedule holds, and the figures that it computed itself. */
export interface Verdict {
  readonly faults: readonly string[];
  readonly objective: number;
  readonly makespan: number;
}

/**
 * Checks a schedule against its problem by recomputing everything from the definitions in `problem.ts`, with none of the solver's code:
 * machines and durations, order of operations, releases, overlaps, setups, calendars, locks, objective, and that no bound is above it.
 */
export function checkSchedule(problem: Problem, solution: Solution, lowerBound = -Infinity): Verdict {
  const faults: string[] = [];
  const operations = problem.alternativeStart.length - 1;
  for (const [name, values] of [['machine', solution.machine], ['start', solution.start], ['end', solution.end]] as const) {
    if (values.length !== operations) faults.push(`${name} has ${values.length} entries for ${operations} operations`);
  }
  if (faults.length > 0) return { faults, objective: NaN, makespan: NaN };

  for (let operation = 0; operation < operations; operation++) faults.push(...operationFaults(problem, solution, operation));
  faults.push(...orderFaults(problem, solution));
  let setup = 0;
  for (let machine = 0; machine < problem.machineCount; machine++) {
    const found = machineFaults(problem, solution, machine);
    faults.push(...found.faults);
    setup += found.setup;
  }

  const makespan = solution.end.reduce((latest, end) => Math.max(latest, end), 0);
  const objective = objectiveOf(problem, solution, makespan, setup);
  if (solution.objective !== objective) faults.push(`the objective is ${objective}, not ${solution.objective}`);
  if (solution.makespan !== makespan) faults.push(`the makespan is ${makespan}, not ${solution.makespan}`);
  if (lowerBound > objective) faults.push(`the lower bound ${lowerBound} is above the objective ${objective}`);
  return { faults, objective, makespan };
}

function operationFaults(problem: Problem, solution: Solution, operation: number): string[] {
  const machine = solution.machine[operation] ?? -1;
  const start = solution.start[operation] ?? NaN;
  const end = solution.end[operation] ?? NaN;
  const name = `operation ${operation}`;
  const faults: string[] = [];
  if (!Number.isInteger(start) || start < 0) faults.push(`${name} starts at ${start}, not at a tick`);

  const lockedMachine = problem.lockedMachine[operation] ?? -1;
  const lockedStart = problem.lockedStart[operation] ?? -1;
  if (lockedMachine >= 0 && machine !== lockedMachine) faults.push(`${name} is on machine ${machine}, locked on ${lockedMachine}`);
  if (lockedStart >= 0 && start !== lockedStart) faults.push(`${name} starts at ${start}, locked at ${lockedStart}`);

  const duration = durationOn(problem, operation, machine);
  if (duration === undefined) return [...faults, `${name} cannot be made on machine ${machine}`];
  const calendar = problem.calendars[machine];
  if (calendar === undefined) {
    if (end !== start + duration) faults.push(`${name} takes ${end - start} ticks on machine ${machine} instead of ${duration}`);
  } else if (duration === 0 ? end !== start : end !== workedFrom(calendar, start, duration)) {
    faults.push(`${name} cannot run from ${start} to ${end} in the calendar of machine ${machine}`);
  }
  return faults;
}

function durationOn(problem: Problem, operation: number, machine: number): number | undefined {
  for (let i = problem.alternativeStart[operation] ?? 0; i < (problem.alternativeStart[operation + 1] ?? 0); i++) {
    if (problem.alternativeMachine[i] === machine) return problem.alternativeDuration[i];
  }
  return undefined;
}

function orderFaults(problem: Problem, solution: Solution): string[] {
  const faults: string[] = [];
  for (let order = 0; order + 1 < problem.orderStart.length; order++) {
    let ready = problem.release[order] ?? 0;
    for (let operation = problem.orderStart[order] ?? 0; operation < (problem.orderStart[order + 1] ?? 0); operation++) {
      const start = solution.start[operation] ?? NaN;
      if (!(start >= ready)) faults.push(`operation ${operation} starts at ${start}, before ${ready}, when order ${order} is ready for it`);
      ready = solution.end[operation] ?? NaN;
    }
  }
  return faults;
}

/** Overlaps and setups of one machine, and the setup ticks on it. */
function machineFaults(problem: Problem, solution: Solution, machine: number): { faults: string[]; setup: number } {
  const faults: string[] = [];
  const there = [...solution.machine.keys()].filter((operation) => solution.machine[operation] === machine);
  const at = (times: Float64Array, operation: number): number => times[operation] ?? NaN;
  there.sort((a, b) => at(solution.start, a) - at(solution.start, b) || at(solution.end, a) - at(solution.end, b));
  let setup = 0;
  let before = -1;
  for (const operation of there) {
    const free = before < 0 ? 0 : at(solution.end, before);
    const ticks = setupTicks(problem, problem.setups[machine], before, operation);
    setup += ticks;
    const calendar = problem.calendars[machine];
    const ready = ticks === 0 ? free : calendar === undefined ? free + ticks : earliestEnd(calendar, free, ticks);
    if (!(at(solution.start, operation) >= ready)) {
      const cause = before < 0 ? 'its first setup' : `operation ${before} and a setup of ${ticks}`;
      faults.push(`operation ${operation} starts at ${solution.start[operation]} on machine ${machine}, before ${ready}, when ${cause} is done`);
    }
    before = operation;
  }
  return { faults, setup };
}

function setupTicks(problem: Problem, setups: MachineSetups | undefined, before: number, operation: number): number {
  const family = problem.setupFamily[operation] ?? 0;
  if (setups === undefined) return 0;
  if (before < 0) return setups.initial?.[family] ?? 0;
  return setups.between[(problem.setupFamily[before] ?? 0) * problem.familyCount + family] ?? NaN;
}

function objectiveOf(problem: Problem, solution: Solution, makespan: number, setup: number): number {
  if (problem.objective === 'makespan') return makespan;
  if (problem.objective === 'setup') return setup;
  let sum = 0;
  for (let order = 0; order + 1 < problem.orderStart.length; order++) {
    const last = (problem.orderStart[order + 1] ?? 0) - 1;
    if (last < (problem.orderStart[order] ?? 0)) continue;
    const end = solution.end[last] ?? NaN;
    const due = problem.due[order] ?? Infinity;
    sum += (problem.weight[order] ?? 1) * (problem.objective === 'finish' ? end : end > due ? end - due : 0);
  }
  return sum;
}

/** Windows of a calendar from the first that ends after `time`, walked one by one. */
function* windowsFrom(calendar: Calendar, time: number): Generator<{ start: number; end: number }> {
  const { starts, ends, repeatFrom, period } = calendar;
  for (let i = 0; i < starts.length; i++) {
    const window = { start: starts[i] ?? 0, end: ends[i] ?? 0 };
    if (window.end > time) yield window;
  }
  if (period === Infinity) return;
  for (let round = Math.max(1, Math.floor((time - repeatFrom) / period)); ; round++) {
    for (let i = 0; i < starts.length; i++) {
      const window = { start: (starts[i] ?? 0) + round * period, end: (ends[i] ?? 0) + round * period };
      if ((starts[i] ?? 0) >= repeatFrom && window.end > time) yield window;
    }
  }
}

/** When `ticks` of work end that begin exactly at `start`; undefined where they cannot begin there or would have to pause and must not. */
function workedFrom(calendar: Calendar, start: number, ticks: number): number | undefined {
  let left = ticks;
  for (const window of windowsFrom(calendar, start)) {
    if (left === ticks && window.start > start) return undefined;
    const from = Math.max(window.start, start);
    if (window.end - from >= left) return from + left;
    if (!calendar.pausing) return undefined;
    left -= window.end - from;
  }
  return undefined;
}

/** The earliest end of `ticks` of work that begin at or after `ready`; Infinity where they fit nowhere. */
function earliestEnd(calendar: Calendar, ready: number, ticks: number): number {
  let tries = 2 * calendar.starts.length + 2;
  for (const window of windowsFrom(calendar, ready)) {
    const end = workedFrom(calendar, Math.max(window.start, ready), ticks);
    if (end !== undefined) return end;
    if (--tries === 0) break;
  }
  return Infinity;
}
