import type { Solution } from '../problem.ts';

/** A schedule as an engine keeps it: the machine of each operation and a topological order of all, from which earliest starts follow. */
export interface Plan {
  readonly machine: Int32Array;
  readonly sequence: Int32Array;
  makespan: number;
}

/** A plan of so many operations, to be filled. */
export function emptyPlan(operations: number): Plan {
  return { machine: new Int32Array(operations), sequence: new Int32Array(operations), makespan: Infinity };
}

/** Copies a plan into another of the same size. */
export function copyPlan(from: Plan, to: Plan): void {
  to.machine.set(from.machine);
  to.sequence.set(from.sequence);
  to.makespan = from.makespan;
}

/** A plan of its own with the same content. */
export function copyOf(plan: Plan): Plan {
  return { machine: plan.machine.slice(), sequence: plan.sequence.slice(), makespan: plan.makespan };
}

/** The plan of a schedule: its machines, and its operations by start. */
export function planOf(solution: Solution): Plan {
  const { machine, start, end } = solution;
  // Operations without duration come before others that start with them; those of an order are numbered along it.
  const sequence = Int32Array.from(machine.keys()).sort((a, b) => (start[a] ?? 0) - (start[b] ?? 0) || (end[a] ?? 0) - (end[b] ?? 0) || a - b);
  return { machine: machine.slice(), sequence, makespan: solution.makespan };
}
