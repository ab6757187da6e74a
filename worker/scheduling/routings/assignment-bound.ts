import { type Highs, type Model } from 'highs';
import { loadHighs } from '../load-highs.ts';
import { type HeadsAndTails } from './heads-and-tails.ts';
import type { RoutingData } from './routing-data.ts';

/** What rounding in the linear programme may have added to its value. */
const tolerance = 1e-5;

/** How the bound is computed. */
export interface AssignmentBoundOptions {
  /** A makespan that is known to be reachable; machines on which an operation would make it worse are left out. */
  readonly upperBound: number;
  /** Tells, before each round, whether it may go on. */
  readonly goOn: () => boolean;
  /** Seconds that a round may take. */
  readonly secondsLeft: () => number;
  readonly onImproved: (lowerBound: number) => void;
}

/**
 * The least makespan of an assignment of operations to machines in fractions: every order's work fits between its release and the end, and on every machine,
 * for all heads a and tails b, the work of the operations with at least these heads and tails fits between a and the makespan - b. These interval rows
 * are too many to write down: the most violated ones are added in rounds, each of which gives a bound. Returns the last, at most `upperBound`.
 */
export async function assignmentBound(data: RoutingData, heads: HeadsAndTails, options: AssignmentBoundOptions): Promise<number> {
  const highs = await loadHighs();
  const model = highs.createModel();
  try {
    const programme = new AssignmentProgramme(highs, model, data, heads, options.upperBound);
    let bound = 0;
    while (options.goOn()) {
      model.options.set('time_limit', model.getRunTime() + Math.max(0.01, options.secondsLeft()));
      model.run();
      if (model.getModelStatus() !== highs.constants.modelStatus.optimal) break;
      const value = model.getObjectiveValue();
      const proven = Math.min(options.upperBound, Math.ceil(value - tolerance * Math.max(1, value)));
      if (proven > bound) options.onImproved((bound = proven));
      if (bound >= options.upperBound || !programme.addViolated(model.getSolution().colValue)) break;
    }
    return bound;
  } finally {
    model.dispose();
  }
}

/** Column 0 is the makespan; then a column for each operation on each machine that is in time. */
class AssignmentProgramme {
  readonly #highs: Highs;
  readonly #model: Model;
  readonly #heads: HeadsAndTails;
  /** Per machine: its operations by falling head, with their columns and durations. */
  readonly #byMachine: { operation: number; column: number; duration: number }[][];

  constructor(highs: Highs, model: Model, data: RoutingData, heads: HeadsAndTails, upperBound: number) {
    this.#highs = highs;
    this.#model = model;
    this.#heads = heads;
    this.#byMachine = Array.from({ length: data.machines }, () => []);
    model.options.set('output_flag', false);
    model.addVar(0, highs.infinity);
    model.changeColCost(0, 1);
    let column = 1;
    const orderRows = Array.from({ length: data.orders }, () => ({ indices: [0], values: [-1] }));
    for (let o = 0; o < data.operations; o++) {
      const indices: number[] = [];
      for (let a = data.eligibleStart[o] ?? 0; a < (data.eligibleStart[o + 1] ?? 0); a++) {
        const machine = data.eligible[a] ?? 0;
        const duration = data.durationOn[o * data.machines + machine] ?? 0;
        // A plan better than the known one cannot use this machine.
        if ((heads.head[o] ?? 0) + duration + (heads.tail[o] ?? 0) >= upperBound && duration > (heads.shortest[o] ?? 0)) continue;
        model.addVar(0, 1);
        indices.push(column);
        orderRows[data.order[o] ?? 0]?.indices.push(column);
        orderRows[data.order[o] ?? 0]?.values.push(duration);
        this.#byMachine[machine]?.push({ operation: o, column: column++, duration });
      }
      model.addRow(1, 1, { indices, values: indices.map(() => 1) });
    }
    for (const [j, row] of orderRows.entries()) model.addRow(-highs.infinity, -(data.release[j] ?? 0), row);
    for (const there of this.#byMachine) there.sort((a, b) => (heads.head[b.operation] ?? 0) - (heads.head[a.operation] ?? 0));
  }

  /** Adds the most violated interval row of each machine; false where none is violated. */
  addViolated(values: Float64Array): boolean {
    let any = false;
    for (const there of this.#byMachine) any = this.#addMostViolated(there, values) || any;
    return any;
  }

  #addMostViolated(there: readonly { operation: number; column: number; duration: number }[], values: Float64Array): boolean {
    const { head, tail } = this.#heads;
    const tails = [...new Set(there.map(({ operation }) => tail[operation] ?? 0))].sort((a, b) => b - a);
    const rank = new Map(tails.map((value, i) => [value, i]));
    const work = new Float64Array(tails.length);
    const makespan = values[0] ?? 0;
    let most = { violation: 1e-4 * Math.max(1, makespan), head: 0, tail: 0 };
    for (const [i, { operation, column, duration }] of there.entries()) {
      const from = rank.get(tail[operation] ?? 0) ?? 0;
      work[from] = (work[from] ?? 0) + duration * (values[column] ?? 0);
      const least = head[operation] ?? 0;
      const next = there[i + 1];
      if (next !== undefined && head[next.operation] === least) continue;
      let sum = 0;
      for (const [t, least2] of tails.entries()) {
        sum += work[t] ?? 0;
        const violation = least + sum + least2 - makespan;
        if (sum > 0 && violation > most.violation) most = { violation, head: least, tail: least2 };
      }
    }
    if (most.violation <= 1e-4 * Math.max(1, makespan)) return false;
    const inside = there.filter(({ operation }) => (head[operation] ?? 0) >= most.head && (tail[operation] ?? 0) >= most.tail);
    this.#model.addRow(-this.#highs.infinity, -(most.head + most.tail), {
      indices: [0, ...inside.map(({ column }) => column)],
      values: [-1, ...inside.map(({ duration }) => duration)],
    });
    return true;
  }
}
