import type { Problem } from '../problem.ts';
import type { RandomStream } from '../random-stream.ts';
import type { DisjunctiveGraph } from './disjunctive-graph.ts';
import type { PlanEvaluation } from './plan-evaluation.ts';

/** Share of moves that start from what a costly order waits for; the others start from any operation. */
const criticalShare = 0.8;

/**
 * Random moves of one operation within its machine or to another, mostly of operations that a costly order waits for: the path back from its last
 * operation, at each step to what ended last, the operation before in the order or the one before on the machine.
 */
export class CriticalMoves {
  readonly #problem: Problem;
  readonly #graph: DisjunctiveGraph;
  readonly #evaluation: PlanEvaluation;
  readonly #random: RandomStream;
  readonly #path: Int32Array;
  #moved = 0;
  #oldMachine = 0;
  #oldBefore = 0;

  constructor(problem: Problem, graph: DisjunctiveGraph, evaluation: PlanEvaluation, random: RandomStream) {
    this.#problem = problem;
    this.#graph = graph;
    this.#evaluation = evaluation;
    this.#random = random;
    this.#path = new Int32Array(graph.data.operations);
  }

  /** Makes a move in the graph; false, with nothing changed, where the one drawn is none or would close a cycle. The evaluation must be that of the graph. */
  make(): boolean {
    const { operations } = this.#graph.data;
    if (operations < 2) return false;
    if (this.#random.unit() >= criticalShare) return this.#relocate(this.#random.below(operations));
    const length = this.#criticalPath(this.#costlyOrder());
    if (length === 0) return this.#relocate(this.#random.below(operations));
    const o = this.#path[this.#random.below(length)] ?? 0;
    const isFlexible = (this.#graph.data.eligibleStart[o + 1] ?? 0) - (this.#graph.data.eligibleStart[o] ?? 0) > 1;
    if (isFlexible && (this.#random.next() & 1) === 0) return this.#relocate(o);
    return (this.#random.next() & 1) === 0 ? this.#earlier(o) : this.#later(o);
  }

  /** Takes the last move back. */
  undo(): void {
    this.#graph.move(this.#moved, this.#oldMachine, this.#oldBefore);
  }

  #move(o: number, machine: number, before: number): boolean {
    const graph = this.#graph;
    const oldBefore = graph.machineBefore[o] ?? 0;
    if (before === o || (machine === graph.machine[o] && before === oldBefore)) return false;
    this.#moved = o;
    this.#oldMachine = graph.machine[o] ?? 0;
    this.#oldBefore = oldBefore;
    return graph.move(o, machine, before);
  }

  /** Before the one before it, or one to three places further. */
  #earlier(o: number): boolean {
    const { machineBefore, machine, data } = this.#graph;
    let place = machineBefore[o] ?? 0;
    if (place === data.operations) return false;
    place = machineBefore[place] ?? 0;
    for (let steps = this.#furtherSteps(); steps > 0 && place < data.operations; steps--) place = machineBefore[place] ?? 0;
    return this.#move(o, machine[o] ?? 0, place);
  }

  /** The one before it behind it, or some places further. */
  #later(o: number): boolean {
    const { machineBefore, machineAfter, machine, data } = this.#graph;
    const moved = machineBefore[o] ?? 0;
    if (moved === data.operations) return false;
    let place = o;
    for (let steps = this.#furtherSteps(); steps > 0 && (machineAfter[place] ?? 0) < data.operations; steps--) place = machineAfter[place] ?? 0;
    return this.#move(moved, machine[o] ?? 0, place);
  }

  #furtherSteps(): number {
    return Math.max(0, this.#random.below(6) - 2);
  }

  /** To one of its machines, about where it starts now. */
  #relocate(o: number): boolean {
    const { machineAfter, machineBefore, first, data } = this.#graph;
    const from = data.eligibleStart[o] ?? 0;
    const k = data.eligible[from + this.#random.below((data.eligibleStart[o + 1] ?? 0) - from)] ?? 0;
    const start = this.#evaluation.start[o] ?? 0;
    let before = data.operations;
    let next = first[k] ?? data.operations;
    while (next < data.operations && (next === o || (this.#evaluation.start[next] ?? 0) < start)) {
      if (next !== o) before = next;
      next = machineAfter[next] ?? data.operations;
    }
    for (let steps = this.#random.below(4); steps > 0 && before < data.operations; steps--) before = machineBefore[before] ?? data.operations;
    for (let steps = this.#random.below(4); steps > 0; steps--) {
      const after = (before < data.operations ? machineAfter[before] : first[k]) ?? data.operations;
      if (after < data.operations) before = after;
    }
    return this.#move(o, k, before === o ? (machineBefore[o] ?? 0) : before);
  }

  /** An order drawn by what it adds to the objective; any where none adds anything. */
  #costlyOrder(): number {
    const { lastOfOrder, order } = this.#graph.data;
    let total = 0;
    let chosen = this.#random.below(lastOfOrder.length);
    for (let i = 0; i < lastOfOrder.length; i++) {
      const last = lastOfOrder[i] ?? 0;
      const cost = this.#costOf(order[last] ?? 0, this.#evaluation.end[last] ?? 0);
      if (cost <= 0) continue;
      total += cost;
      if (this.#random.unit() * total < cost) chosen = i;
    }
    return lastOfOrder[chosen] ?? 0;
  }

  #costOf(order: number, end: number): number {
    const { objective, weight, due } = this.#problem;
    if (objective === 'makespan' || objective === 'setup') return end === this.#evaluation.makespan ? 1 : 0;
    return (weight[order] ?? 0) * (objective === 'finish' ? end : Math.max(0, end - (due[order] ?? Infinity)));
  }

  /** Writes the operations that `o` waits for, itself included, as far as another on its machine is in the way or it has a choice of machines. */
  #criticalPath(o: number): number {
    const { machineBefore, setup, data } = this.#graph;
    const { end } = this.#evaluation;
    const none = data.operations;
    let length = 0;
    while (o < none) {
      const onMachine = machineBefore[o] ?? 0;
      const inOrder = data.orderBefore[o] ?? 0;
      const waits = onMachine < none && (end[onMachine] ?? 0) + (setup[o] ?? 0) > (end[inOrder] ?? 0);
      if (waits || (data.eligibleStart[o + 1] ?? 0) - (data.eligibleStart[o] ?? 0) > 1) this.#path[length++] = o;
      o = waits ? onMachine : inOrder;
    }
    return length;
  }
}
