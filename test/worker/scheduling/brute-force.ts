import type { Calendar, Problem } from '../../../worker/scheduling/problem.ts';

/** A plan's times, found tick by tick. */
export interface BruteForceResult {
  readonly objective: number;
  readonly makespan: number;
}

/**
 * The best objective, then makespan, of a tiny problem: every sequence of all operations that keeps the orders, every choice of machines, each operation as
 * early as it can be. All objectives only grow with later ends, so one of these schedules is optimal.
 */
export function bruteForce(problem: Problem): BruteForceResult {
  const operations = problem.alternativeStart.length - 1;
  const machine = new Int32Array(operations);
  const sequence: number[] = [];
  let best: BruteForceResult = { objective: Infinity, makespan: Infinity };
  const next = [...problem.orderStart.subarray(0, -1)];
  const extend = (): void => {
    if (sequence.length === operations) {
      const found = evaluate(problem, machine, sequence);
      if (found !== undefined && (found.objective < best.objective || (found.objective === best.objective && found.makespan < best.makespan))) best = found;
      return;
    }
    for (const [j, o] of next.entries()) {
      if (o >= (problem.orderStart[j + 1] ?? 0)) continue;
      next[j] = o + 1;
      sequence.push(o);
      for (let a = problem.alternativeStart[o] ?? 0; a < (problem.alternativeStart[o + 1] ?? 0); a++) {
        machine[o] = problem.alternativeMachine[a] ?? 0;
        if ((problem.lockedMachine[o] ?? -1) >= 0 && machine[o] !== problem.lockedMachine[o]) continue;
        extend();
      }
      sequence.pop();
      next[j] = o;
    }
  };
  extend();
  return best;
}

function evaluate(problem: Problem, machine: Int32Array, sequence: readonly number[]): BruteForceResult | undefined {
  const free = new Float64Array(problem.machineCount);
  const last = new Int32Array(problem.machineCount).fill(-1);
  const end = new Float64Array(machine.length);
  let setupSum = 0;
  for (const o of sequence) {
    const k = machine[o] ?? 0;
    const j = problem.orderStart.findLastIndex((start) => start <= o);
    const setup = setupOf(problem, k, last[k] ?? -1, o);
    setupSum += setup;
    const isSet = work(problem.calendars[k], free[k] ?? 0, setup).end;
    const ready = o === problem.orderStart[j] ? (problem.release[j] ?? 0) : (end[o - 1] ?? 0);
    const locked = problem.lockedStart[o] ?? -1;
    const earliest = Math.max(ready, isSet);
    if (locked >= 0 && locked < earliest) return undefined;
    const done = work(problem.calendars[k], locked >= 0 ? locked : earliest, durationOf(problem, o, k));
    if (locked >= 0 && done.start !== locked) return undefined;
    end[o] = done.end;
    free[k] = done.end;
    last[k] = o;
  }
  const makespan = Math.max(...end);
  let sum = 0;
  for (let j = 0; j + 1 < problem.orderStart.length; j++) {
    const ended = end[(problem.orderStart[j + 1] ?? 0) - 1] ?? 0;
    sum += (problem.weight[j] ?? 0) * (problem.objective === 'finish' ? ended : Math.max(0, ended - (problem.due[j] ?? Infinity)));
  }
  return { makespan, objective: problem.objective === 'makespan' ? makespan : problem.objective === 'setup' ? setupSum : sum };
}

function durationOf(problem: Problem, o: number, k: number): number {
  const alternatives = problem.alternativeMachine.subarray(problem.alternativeStart[o], problem.alternativeStart[o + 1]);
  return problem.alternativeDuration[(problem.alternativeStart[o] ?? 0) + alternatives.indexOf(k)] ?? NaN;
}

function setupOf(problem: Problem, k: number, before: number, o: number): number {
  const setups = problem.setups[k];
  const family = problem.setupFamily[o] ?? 0;
  if (setups === undefined) return 0;
  return (before < 0 ? setups.initial?.[family] : setups.between[(problem.setupFamily[before] ?? 0) * problem.familyCount + family]) ?? 0;
}

/** Start and end of work from `ready` on, one tick after the other. */
function work(calendar: Calendar | undefined, ready: number, ticks: number): { start: number; end: number } {
  if (calendar === undefined || ticks === 0) return { start: ready, end: ready + ticks };
  for (let start = ready; ; start++) {
    let time = start;
    let left = ticks;
    for (; left > 0 && (calendar.pausing ? time > start || windowOf(calendar, time) >= 0 : windowOf(calendar, time) === windowOf(calendar, start) && windowOf(calendar, start) >= 0); time++) {
      if (windowOf(calendar, time) >= 0) left--;
    }
    if (left === 0) return { start, end: time };
  }
}

/** The number of the window, counted through all periods, in which the tick from `time` on lies; -1 in a break. */
function windowOf({ starts, ends, repeatFrom, period }: Calendar, time: number): number {
  const rounds = period === Infinity || time < repeatFrom ? 0 : Math.floor((time - repeatFrom) / period);
  const inRound = rounds === 0 ? time : time - rounds * period;
  const window = starts.findIndex((start, i) => start <= inRound && inRound < (ends[i] ?? 0) && (rounds === 0 || start >= repeatFrom));
  return window < 0 ? -1 : window + rounds * starts.length;
}
