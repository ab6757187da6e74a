import { type Problem, type Solution, operationCount, orderOfOperation } from '../scheduling/problem.ts';
import type { WorkingTime } from '../scheduling/working-time.ts';
import { objectiveOf, setupTicks } from './plan-timing.ts';

/** A machine while it is being filled: the last operation on it so far, and the fixed ones still ahead. */
interface FilledMachine {
  last: number;
  end: number;
  fixed: number[];
}

interface Place {
  start: number;
  end: number;
  machine: number;
}

/**
 * Schedules operations in the order of a list, each behind what its machine has so far, as early as it can: on its locked machine, on that of `machineOf`, or,
 * where that is -1, on the one where it ends first. Operations with a locked start stand first and are worked around. The list holds every operation
 * once, those of an order in their order. A plan in which an operation comes too late for a locked start of its own order is not feasible.
 */
export function listSchedule(problem: Problem, list: Int32Array, machineOf: Int32Array, working: readonly (WorkingTime | undefined)[]): Solution {
  const count = operationCount(problem);
  const machine = new Int32Array(count);
  const start = new Float64Array(count);
  const end = new Float64Array(count);
  const setup = new Float64Array(count);
  const orderOf = orderOfOperation(problem);
  const machines = Array.from({ length: problem.machineCount }, (): FilledMachine => ({ last: -1, end: 0, fixed: [] }));
  const span = (m: number, ready: number, ticks: number): { start: number; end: number } => {
    const calendar = working[m];
    const from = calendar ? calendar.start(ready, ticks) : ready;
    return { start: from, end: calendar ? calendar.end(from, ticks) : from + ticks };
  };
  const afterSetup = (m: number, ready: number, before: number, operation: number): number => {
    const ticks = setupTicks(problem, m, before, operation);
    return ticks === 0 ? ready : span(m, ready, ticks).end;
  };

  for (let operation = 0; operation < count; operation++) {
    const locked = problem.lockedStart[operation] ?? -1;
    if (locked < 0) continue;
    const m = problem.lockedMachine[operation] ?? 0;
    const ticks = ticksOn(problem, operation, m);
    machine[operation] = m;
    start[operation] = locked;
    end[operation] = working[m]?.end(locked, ticks) ?? locked + ticks;
    machines[m]?.fixed.push(operation);
  }
  for (const { fixed } of machines) fixed.sort((a, b) => (start[a] ?? 0) - (start[b] ?? 0));

  /** Where an operation would go on a machine; passes the fixed ones that it does not fit before. */
  const place = (operation: number, m: number, ticks: number, ready: number, commit: boolean): Place => {
    const filled = machines[m] ?? { last: -1, end: 0, fixed: [] };
    let { last, end: free } = filled;
    for (let passed = 0; ; passed++) {
      const at = span(m, Math.max(ready, afterSetup(m, free, last, operation)), ticks);
      const next = filled.fixed[passed];
      if (next === undefined || afterSetup(m, at.end, operation, next) <= (start[next] ?? 0)) {
        if (commit) {
          filled.fixed.splice(0, passed);
          filled.last = operation;
          filled.end = at.end;
        }
        return { ...at, machine: m };
      }
      last = next;
      free = end[next] ?? 0;
    }
  };

  for (const operation of list) {
    if ((problem.lockedStart[operation] ?? -1) >= 0) continue;
    const order = orderOf[operation] ?? 0;
    const ready = operation === problem.orderStart[order] ? (problem.release[order] ?? 0) : (end[operation - 1] ?? 0);
    const wanted = (problem.lockedMachine[operation] ?? -1) >= 0 ? (problem.lockedMachine[operation] ?? -1) : (machineOf[operation] ?? -1);
    let best: Place | undefined;
    for (let i = problem.alternativeStart[operation] ?? 0; i < (problem.alternativeStart[operation + 1] ?? 0); i++) {
      const m = problem.alternativeMachine[i] ?? 0;
      if (wanted >= 0 && m !== wanted) continue;
      const found = place(operation, m, problem.alternativeDuration[i] ?? 0, ready, false);
      if (!best || found.end < best.end) best = found;
    }
    if (!best) throw new RangeError(`operation ${operation} cannot be made on machine ${wanted}`);
    place(operation, best.machine, ticksOn(problem, operation, best.machine), ready, true);
    machine[operation] = best.machine;
    start[operation] = best.start;
    end[operation] = best.end;
  }

  // Only one objective asks for it, and it takes as long as the rest.
  if (problem.objective === 'setup') setupOfMachines(problem, machine, start, end, setup);
  const makespan = end.reduce((latest, value) => Math.max(latest, value), 0);
  return { machine, start, end, makespan, objective: objectiveOf(problem, { start, end, makespan }, setup) };
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
