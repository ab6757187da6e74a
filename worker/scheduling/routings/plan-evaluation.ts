import type { Problem, Solution } from '../problem.ts';
import { sumOverOrders } from '../sum-over-orders.ts';
import { WorkingTime } from '../working-time.ts';
import type { DisjunctiveGraph } from './disjunctive-graph.ts';

/**
 * Times and figures of the plan in a graph with everything that a problem can ask for: calendars, locked starts, any objective.
 * Operations are laid in the graph's topological order, each as early as it can start.
 */
export class PlanEvaluation {
  readonly start: Float64Array;
  readonly end: Float64Array;
  objective = 0;
  makespan = 0;
  /** Ticks by which operations miss their locked starts; 0 where the plan holds. */
  violation = 0;
  readonly #problem: Problem;
  readonly #graph: DisjunctiveGraph;
  readonly #workingTimes: readonly (WorkingTime | undefined)[];
  /** True where the ends that the graph keeps are the true ones. */
  readonly #isPlain: boolean;

  constructor(problem: Problem, graph: DisjunctiveGraph) {
    const { operations, orders } = graph.data;
    this.#problem = problem;
    this.#graph = graph;
    this.start = new Float64Array(operations);
    this.end = new Float64Array(operations + 1 + orders);
    this.end.set(problem.release, operations + 1);
    this.#workingTimes = problem.calendars.map((calendar) => (calendar === undefined ? undefined : new WorkingTime(calendar)));
    this.#isPlain = problem.calendars.every((calendar) => calendar === undefined) && problem.lockedStart.every((start) => start < 0);
  }

  /** Recomputes everything for the graph as it is. */
  update(): void {
    this.violation = 0;
    if (this.#isPlain) this.#copyTimes();
    else this.#layOut();
    this.makespan = 0;
    for (const last of this.#graph.data.lastOfOrder) this.makespan = Math.max(this.makespan, this.end[last] ?? 0);
    this.objective = this.#figure();
  }

  /** The evaluated schedule. */
  solution(): Solution {
    const { operations } = this.#graph.data;
    return {
      machine: this.#graph.machine.slice(0, operations),
      start: this.start.slice(),
      end: this.end.slice(0, operations),
      objective: this.objective,
      makespan: this.makespan,
    };
  }

  #copyTimes(): void {
    const { end, duration, data } = this.#graph;
    for (let o = 0; o < data.operations; o++) {
      this.end[o] = end[o] ?? 0;
      this.start[o] = (end[o] ?? 0) - (duration[o] ?? 0);
    }
  }

  #layOut(): void {
    const { sequence, machineBefore, machine, duration, setup, data } = this.#graph;
    const { start, end } = this;
    const lockedStart = this.#problem.lockedStart;
    for (const o of sequence) {
      const workingTime = this.#workingTimes[machine[o] ?? 0];
      const ticks = duration[o] ?? 0;
      const setupTicks = setup[o] ?? 0;
      let free = end[machineBefore[o] ?? 0] ?? 0;
      if (setupTicks > 0) free = workingTime === undefined ? free + setupTicks : workingTime.end(workingTime.start(free, setupTicks), setupTicks);
      const ready = Math.max(free, end[data.orderBefore[o] ?? 0] ?? 0);
      let begin = workingTime === undefined ? ready : workingTime.start(ready, ticks);
      const locked = lockedStart[o] ?? -1;
      if (locked >= 0) {
        if (begin > locked) this.violation += begin - locked;
        else begin = locked;
      }
      start[o] = begin;
      end[o] = workingTime === undefined ? begin + ticks : workingTime.end(begin, ticks);
    }
  }

  #figure(): number {
    const { objective } = this.#problem;
    if (objective === 'makespan') return this.makespan;
    if (objective !== 'setup') return sumOverOrders(this.#problem, this.end);
    let sum = 0;
    for (let o = 0; o < this.#graph.data.operations; o++) sum += this.#graph.setup[o] ?? 0;
    return sum;
  }
}
