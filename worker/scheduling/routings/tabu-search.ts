import { BlockMovesN7 } from './block-moves-n7.ts';
import { criticalPath } from './critical-path.ts';
import { DisjunctiveGraph } from './disjunctive-graph.ts';
import { shortestDurations } from './dispatch-plan.ts';
import { EarliestPlaces } from './earliest-places.ts';
import { ExchangeMoves } from './exchange-moves.ts';
import { InsertionMoves } from './insertion-moves.ts';
import { MoveList } from './move-list.ts';
import { type Plan, emptyPlan } from './plan.ts';
import type { RandomStream } from '../random-stream.ts';
import type { RoutingData } from './routing-data.ts';
import { TabuList } from './tabu-list.ts';

/** Iterations for which an operation does not return to a machine: this many and up to `returnSpread` - 1 more. */
const returnTenure = 2;
const returnSpread = 8;

/** What a search goes by and when it ends. */
export interface SearchLimit {
  /** Ticks of the estimate for each tick by which a move adds to the work of all machines: above 0, machines on which operations are quick are sought. */
  readonly workPrice: number;
  /** Iterations without a better plan. */
  readonly patience: number;
  /** A makespan that cannot be undercut. */
  readonly target: number;
  /** Asked every few hundred iterations, with many operations at each. */
  readonly isOver: () => boolean;
}

/** Tabu search for the least makespan over the disjunctive graph: the best move of a random critical path that is not tabu, again and again. */
export class TabuSearch {
  readonly graph: DisjunctiveGraph;
  /** The best plan of the last run. */
  readonly best: Plan;
  /** Of all runs. */
  iterations = 0;
  readonly #random: RandomStream;
  readonly #path: Int32Array;
  readonly #moves = new MoveList();
  /** Of the moves weighed: the best that is not tabu, -1 where there is none, and how many are as good. */
  #chosen = -1;
  #ties = 0;
  #weighed = 0;
  readonly #blocks: BlockMovesN7;
  readonly #places: EarliestPlaces;
  readonly #insertions: InsertionMoves;
  readonly #exchanges: ExchangeMoves;
  readonly #tabu: TabuList;
  readonly #isFlexible: boolean;
  readonly #iterationsPerLook: number;
  readonly #tenure: number;
  readonly #tenureSpread: number;
  /** The most ticks by which an operation is slower on one of its machines than on another. */
  readonly #spread: number;

  constructor(data: RoutingData, random: RandomStream) {
    this.graph = new DisjunctiveGraph(data);
    this.best = emptyPlan(data.operations);
    this.#random = random;
    this.#path = new Int32Array(data.operations);
    this.#blocks = new BlockMovesN7(this.graph);
    this.#places = new EarliestPlaces(this.graph);
    this.#insertions = new InsertionMoves(this.graph, random);
    this.#exchanges = new ExchangeMoves(this.graph);
    this.#tabu = new TabuList(this.graph);
    this.#isFlexible = data.eligible.length > data.operations;
    this.#iterationsPerLook = data.operations > 2_000 ? 1 : 256;
    this.#spread = spreadOf(data);
    // Zhang, Li, Rao, Guan (2008), doi:10.1016/j.cor.2006.02.024
    this.#tenure = 10 + Math.floor(data.orders / data.machines);
    this.#tenureSpread = Math.ceil(this.#tenure * (data.orders <= 2 * data.machines ? 0.4 : 0.5));
  }

  /** Searches from `start`; the best plan met is in `best`. True where no better one exists. */
  run(start: Plan, limit: SearchLimit): boolean {
    const { graph, best } = this;
    graph.load(start.machine, start.sequence);
    this.#tabu.clear();
    this.#keep();
    for (let left = limit.patience; left > 0; left--) {
      if (best.makespan <= limit.target) return true;
      if (++this.iterations % this.#iterationsPerLook === 0 && limit.isOver()) return false;
      this.#collect(limit.workPrice);
      if (this.#moves.count === 0) return false;
      this.#step();
      if (graph.makespan >= best.makespan) continue;
      this.#keep();
      left = limit.patience;
    }
    return false;
  }

  #collect(workPrice: number): void {
    const begin = criticalPath(this.graph, this.#random, this.#path);
    this.#moves.count = 0;
    this.#forgetChoice();
    let at = begin;
    while (at < this.#path.length) {
      at = this.#blocks.collect(this.#path, begin, at, this.#moves);
      this.#weigh();
    }
    if (this.#isFlexible) this.#collectMachineChanges(begin, workPrice);
  }

  #collectMachineChanges(begin: number, workPrice: number): void {
    const { machine, end, tail, duration, data } = this.graph;
    const moves = this.#moves;
    for (let i = begin; i < this.#path.length; i++) {
      const o = this.#path[i] ?? 0;
      const ready = end[data.orderBefore[o] ?? 0] ?? 0;
      const rest = tail[data.orderAfter[o] ?? 0] ?? 0;
      for (let a = data.eligibleStart[o] ?? 0; a < (data.eligibleStart[o + 1] ?? 0); a++) {
        const k = data.eligible[a] ?? 0;
        if (k === machine[o]) continue;
        const ticks = data.durationOn[o * data.machines + k] ?? 0;
        // A move with a longer path is of no use, also if its partner gains as much as any can.
        const longest = moves.least - workPrice * (ticks - (duration[o] ?? 0) - this.#spread);
        if (ready + ticks + rest > longest) continue;
        const earliest = this.#places.find(k, ready, rest);
        this.#insertions.collect(o, k, earliest, workPrice, moves);
        this.#exchanges.collect(o, k, earliest, workPrice, longest, moves);
        this.#weigh();
      }
    }
  }

  #keep(): void {
    this.best.machine.set(this.graph.machine.subarray(0, this.best.machine.length));
    this.best.sequence.set(this.graph.sequence);
    this.best.makespan = this.graph.makespan;
  }

  /** Makes the best move that is not tabu, or any where all are. */
  #step(): void {
    const moves = this.#moves;
    while (moves.count > 0) {
      const chosen = this.#chosen >= 0 ? this.#chosen : this.#random.below(moves.count);
      const o = moves.operation[chosen] ?? 0;
      const passed = moves.passed[chosen] ?? 0;
      const partner = moves.partner[chosen] ?? -1;
      this.#tabu.add(o, passed, this.iterations + this.#tenureOf(passed));
      if (partner >= 0) this.#tabu.add(partner, passed, this.iterations + this.#tenureOf(passed));
      if (partner >= 0 ? this.graph.exchange(o, partner) : this.graph.move(o, moves.machine[chosen] ?? 0, moves.before[chosen] ?? 0)) return;
      moves.remove(chosen);
      this.#forgetChoice();
      this.#weigh();
    }
  }

  #tenureOf(passed: number): number {
    if (passed === this.graph.data.operations) return returnTenure + this.#random.below(returnSpread);
    return this.#tenure + this.#random.below(this.#tenureSpread + 1);
  }

  #forgetChoice(): void {
    this.#chosen = -1;
    this.#weighed = 0;
    this.#moves.least = Infinity;
  }

  /** Compares the moves added since the last call with the best so far. */
  #weigh(): void {
    const moves = this.#moves;
    const { estimate, price, count } = moves;
    const best = this.best.makespan;
    for (let i = this.#weighed; i < count; i++) {
      const value = (estimate[i] ?? 0) + (price[i] ?? 0);
      if (value > moves.least) continue;
      if ((estimate[i] ?? 0) >= best && this.#isForbidden(i)) continue;
      if (value < moves.least) {
        moves.least = value;
        this.#ties = 1;
        this.#chosen = i;
      } else if (this.#random.below(++this.#ties) === 0) this.#chosen = i;
    }
    this.#weighed = count;
  }

  #isForbidden(i: number): boolean {
    const moves = this.#moves;
    const o = moves.operation[i] ?? 0;
    const passed = moves.passed[i] ?? 0;
    const partner = moves.partner[i] ?? -1;
    if (this.#tabu.forbids(o, moves.machine[i] ?? 0, passed, this.iterations)) return true;
    return partner >= 0 && this.#tabu.forbids(partner, this.graph.machine[o] ?? 0, passed, this.iterations);
  }
}

function spreadOf(data: RoutingData): number {
  const shortest = shortestDurations(data);
  let most = 0;
  for (let o = 0; o < data.operations; o++) {
    for (const k of data.eligible.subarray(data.eligibleStart[o], data.eligibleStart[o + 1])) {
      most = Math.max(most, (data.durationOn[o * data.machines + k] ?? 0) - (shortest[o] ?? 0));
    }
  }
  return most;
}
