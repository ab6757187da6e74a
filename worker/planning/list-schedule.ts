import { type Problem, type Solution, operationCount, orderOfOperation } from '../scheduling/problem.ts';
import type { WorkingTime } from '../scheduling/working-time.ts';
import { objectiveOf, setupTicks } from './plan-timing.ts';

/** A machine while it is being filled: the last operation on it so far, and the fixed ones still ahead, of `fixed` from `passed` on. */
interface FilledMachine {
  last: number;
  end: number;
  fixed: readonly number[];
  passed: number;
}

interface Place {
  start: number;
  end: number;
  machine: number;
  passed: number;
}

/** Where an operation was put the last time, and all that this followed from: on what machine, behind which operation and its end, and when it was ready. */
interface Remembered extends Place {
  last: number;
  free: number;
  passedBefore: number;
  ready: number;
}

/** Schedules lists of a problem's operations. */
export type ListScheduler = (list: Int32Array, machineOf: Int32Array) => Solution;

/** Schedules one list: see `listScheduler`. */
export function listSchedule(problem: Problem, list: Int32Array, machineOf: Int32Array, working: readonly (WorkingTime | undefined)[]): Solution {
  return listScheduler(problem, working)(list, machineOf);
}

/**
 * Schedules operations in the order of a list, each behind what its machine has so far, as early as it can: on its locked machine, on that of `machineOf`, or,
 * where that is -1, on the one where it ends first. Operations with a locked start stand first and are worked around. The list holds every operation
 * once, those of an order in their order. A plan in which an operation comes too late for a locked start of its own order is not feasible.
 * Lists one after the other that differ little take much less time than the first.
 */
export function listScheduler(problem: Problem, working: readonly (WorkingTime | undefined)[]): ListScheduler {
  const count = operationCount(problem);
  const orderOf = orderOfOperation(problem);
  const remembered: (Remembered | undefined)[] = Array.from({ length: count }, () => undefined);
  const span = (m: number, ready: number, ticks: number): { start: number; end: number } => {
    const calendar = working[m];
    const from = calendar ? calendar.start(ready, ticks) : ready;
    return { start: from, end: calendar ? calendar.end(from, ticks) : from + ticks };
  };
  const afterSetup = (m: number, ready: number, before: number, operation: number): number => {
    const ticks = setupTicks(problem, m, before, operation);
    return ticks === 0 ? ready : span(m, ready, ticks).end;
  };

  const lockedEnd = (operation: number): number => {
    const m = problem.lockedMachine[operation] ?? 0;
    const locked = problem.lockedStart[operation] ?? 0;
    const ticks = ticksOn(problem, operation, m);
    return working[m]?.end(locked, ticks) ?? locked + ticks;
  };
  const locked = [...problem.lockedStart.keys()].filter((operation) => (problem.lockedStart[operation] ?? -1) >= 0).map((operation) => ({ operation, end: lockedEnd(operation) }));
  const fixedOn = Array.from({ length: problem.machineCount }, (_, m) => locked.filter(({ operation }) => problem.lockedMachine[operation] === m).map(({ operation }) => operation));
  for (const fixed of fixedOn) fixed.sort((a, b) => (problem.lockedStart[a] ?? 0) - (problem.lockedStart[b] ?? 0));

  return (list, machineOf) => {
    const machine = new Int32Array(count);
    const start = new Float64Array(count);
    const end = new Float64Array(count);
    const setup = new Float64Array(count);
    const machines = fixedOn.map((fixed): FilledMachine => ({ last: -1, end: 0, fixed, passed: 0 }));
    for (const { operation, end: at } of locked) {
      machine[operation] = problem.lockedMachine[operation] ?? 0;
      start[operation] = problem.lockedStart[operation] ?? 0;
      end[operation] = at;
    }

    /** Where an operation would go on a machine; passes the fixed ones that it does not fit before. */
    const place = (operation: number, m: number, ticks: number, ready: number): Place => {
      const filled = machines[m] ?? { last: -1, end: 0, fixed: [], passed: 0 };
      let { last, end: free } = filled;
      for (let { passed } = filled; ; passed++) {
        const at = span(m, Math.max(ready, afterSetup(m, free, last, operation)), ticks);
        const next = filled.fixed[passed];
        if (next === undefined || afterSetup(m, at.end, operation, next) <= (start[next] ?? 0)) return { start: at.start, end: at.end, machine: m, passed };
        last = next;
        free = end[next] ?? 0;
      }
    };
    const bestPlace = (operation: number, wanted: number, ready: number): Place => {
      let best: Place | undefined;
      for (let i = problem.alternativeStart[operation] ?? 0; i < (problem.alternativeStart[operation + 1] ?? 0); i++) {
        const m = problem.alternativeMachine[i] ?? 0;
        if (wanted >= 0 && m !== wanted) continue;
        const found = place(operation, m, problem.alternativeDuration[i] ?? 0, ready);
        if (!best || found.end < best.end) best = found;
      }
      if (!best) throw new RangeError(`operation ${operation} cannot be made on machine ${wanted}`);
      return best;
    };
    /** The same place as the last time where nothing has changed that it follows from. */
    const rememberedPlace = (operation: number, wanted: number, ready: number): Place => {
      const filled = machines[wanted];
      if (filled === undefined) return bestPlace(operation, wanted, ready);
      const { last, end: free, passed: passedBefore } = filled;
      const known = remembered[operation];
      if (known?.machine === wanted && known.last === last && known.free === free && known.passedBefore === passedBefore && known.ready === ready) return known;
      const { start: from, end: to, passed } = bestPlace(operation, wanted, ready);
      const found: Remembered = { start: from, end: to, machine: wanted, passed, last, free, passedBefore, ready };
      remembered[operation] = found;
      return found;
    };

    for (const operation of list) {
      if ((problem.lockedStart[operation] ?? -1) >= 0) continue;
      const order = orderOf[operation] ?? 0;
      const ready = operation === problem.orderStart[order] ? (problem.release[order] ?? 0) : (end[operation - 1] ?? 0);
      const lockedOn = problem.lockedMachine[operation] ?? -1;
      const found = rememberedPlace(operation, lockedOn >= 0 ? lockedOn : (machineOf[operation] ?? -1), ready);
      const filled = machines[found.machine];
      if (filled) {
        filled.last = operation;
        filled.end = found.end;
        filled.passed = found.passed;
      }
      machine[operation] = found.machine;
      start[operation] = found.start;
      end[operation] = found.end;
    }

    // Only one objective asks for it, and it takes as long as the rest.
    if (problem.objective === 'setup') setupOfMachines(problem, machine, start, end, setup);
    const makespan = end.reduce((latest, value) => Math.max(latest, value), 0);
    return { machine, start, end, makespan, objective: objectiveOf(problem, { start, end, makespan }, setup) };
  };
}

function ticksOn(problem: Problem, operation: number, machine: number): number {
  for (let i = problem.alternativeStart[operation] ?? 0; i < (problem.alternativeStart[operation + 1] ?? 0); i++) {
    if (problem.alternativeMachine[i] === machine) return problem.alternativeDuration[i] ?? 0;
  }
  throw new RangeError(`operation ${operation} cannot be made on machine ${machine}`);
}

/** Setup ticks ahead of each operation, by the order of starts on its machine. */
function setupOfMachines(problem: Problem, machine: Int32Array, start: Float64Array, end: Float64Array, into: Float64Array): void {
  const last = new Int32Array(problem.machineCount).fill(-1);
  const order = [...machine.keys()].sort((a, b) => (start[a] ?? 0) - (start[b] ?? 0) || (end[a] ?? 0) - (end[b] ?? 0));
  for (const operation of order) {
    const m = machine[operation] ?? 0;
    into[operation] = setupTicks(problem, m, last[m] ?? -1, operation);
    last[m] = operation;
  }
}
