import { PriorityHeap } from '../priority-heap.ts';
import { type Problem, operationCount } from '../problem.ts';
import type { StaticPriority } from '../single-operations/dispatch-queue.ts';
import { mean } from '../single-operations/dispatch-rules.ts';
import { type ParallelWork, endAfter, parallelWork } from '../single-operations/parallel-work.ts';
import { WaitingFamilies } from '../single-operations/waiting-families.ts';
import { headsAndTails } from './heads-and-tails.ts';
import type { Plan } from './plan.ts';
import type { RoutingData } from './routing-data.ts';

/** Operations laid between two looks at the clock. */
const operationsBetweenLooks = 64;

/** What follows an operation in its order takes so many times its shortest durations, waiting included. */
const waitingFactor = 2;

/** Of what an operation's order still has to do behind it, the share that its priority counts as its own: with all of it short orders go first, with none short operations. */
export const restShares = [1, 0] as const;

/** The look-aheads k1 and k2 of ATCS, in mean durations and mean setups, and one of `restShares`. */
export interface RoutedRule {
  readonly lookAhead: number;
  readonly setupLookAhead: number;
  readonly restShare: number;
}

/**
 * Plans by apparent tardiness cost with setups (ATCS, see `dispatchRules`) for routings without locked starts: the machine that can go on first takes the best of the operations whose
 * orders have come to it. An operation is due by as much before its order as what follows it takes. Only for the objectives `tardiness` and `finish`, for which all is due at once.
 */
export class RoutedDispatch {
  readonly #problem: Problem;
  readonly #data: RoutingData;
  /** The operations as jobs of their own. */
  readonly #work: ParallelWork;
  readonly #tail: Float64Array;
  readonly #meanDuration: number;
  readonly #meanSetup: number;
  /** Per machine. */
  readonly #operations: readonly Int32Array[];

  constructor(problem: Problem, data: RoutingData) {
    this.#problem = problem;
    this.#data = data;
    const ofNone = new Float64Array(operationCount(problem));
    const work = parallelWork({ ...problem, orderStart: Int32Array.from({ length: data.operations + 1 }, (_, o) => o), release: ofNone, due: ofNone, weight: ofNone });
    const { tail, shortest } = headsAndTails(data);
    this.#work = work;
    this.#tail = tail;
    this.#meanDuration = Math.max(1, mean(shortest));
    const setups = [...new Set(work.between)].flatMap((between) => (between === undefined ? [] : [mean(between)]));
    this.#meanSetup = mean(Float64Array.from(setups));
    const operations: number[][] = Array.from({ length: data.machines }, () => []);
    for (let o = 0; o < data.operations; o++) for (const k of work.eligible.subarray(work.eligibleStart[o], work.eligibleStart[o + 1])) operations[k]?.push(o);
    this.#operations = operations.map((there) => Int32Array.from(there));
  }

  /** True where setups matter. */
  get hasSetups(): boolean {
    return this.#meanSetup > 0;
  }

  /** Lays out the plan of a rule. False, with the plan half made, where `isOver`, asked now and then, ends it, or something can never be done. */
  make(rule: RoutedRule, plan: Plan, isOver: () => boolean): boolean {
    const { operations, machines, order, orderBefore, orderAfter, release } = this.#data;
    const work = this.#work;
    const waits = new Uint8Array(operations);
    const readyKey = new Float64Array(operations);
    const rank = Int32Array.from({ length: operations }, (_, o) => o);
    const waiting = this.#operations.map((there, k) => new WaitingFamilies(work, k, there, rank, this.#priority(k, rule), waits));
    const arriving = waiting.map(() => new PriorityHeap(readyKey, rank, waits));
    const free = new Float64Array(machines);
    const last = new Int32Array(machines).fill(-1);
    // When each machine may have something to do.
    const next = new Float64Array(machines).fill(Infinity);
    const arrive = (o: number, ready: number): void => {
      waits[o] = 1;
      readyKey[o] = -ready;
      for (let a = work.eligibleStart[o] ?? 0; a < (work.eligibleStart[o + 1] ?? 0); a++) {
        const k = work.eligible[a] ?? 0;
        arriving[k]?.push(o);
        next[k] = Math.min(next[k] ?? Infinity, Math.max(ready, free[k] ?? 0));
      }
    };
    for (let o = 0; o < operations; o++) if ((orderBefore[o] ?? 0) > operations) arrive(o, release[order[o] ?? 0] ?? 0);
    for (let placed = 0; placed < operations; ) {
      const k = next.reduce((soonest, time, machine) => (time < (next[soonest] ?? 0) ? machine : soonest), 0);
      const now = next[k] ?? 0;
      if (now === Infinity) return false;
      const coming = arriving[k];
      for (let o = coming?.top() ?? -1; o >= 0 && -(readyKey[o] ?? 0) <= now; o = coming?.top() ?? -1) {
        coming?.pop();
        waiting[k]?.add(o);
      }
      const before = last[k] ?? -1;
      const o = waiting[k]?.top(now, before) ?? -1;
      if (o < 0) {
        const first = coming?.top() ?? -1;
        next[k] = first < 0 ? Infinity : Math.max(free[k] ?? 0, -(readyKey[first] ?? 0));
        continue;
      }
      const end = endAfter(work, k, before, free[k] ?? 0, o, -(readyKey[o] ?? 0));
      plan.machine[o] = k;
      plan.sequence[placed++] = o;
      waits[o] = 0;
      free[k] = end;
      next[k] = end;
      last[k] = o;
      const after = orderAfter[o] ?? operations;
      if (after < operations) arrive(after, end);
      if (placed % operationsBetweenLooks === 0 && isOver()) return false;
    }
    return true;
  }

  #priority(machine: number, { lookAhead, setupLookAhead, restShare }: RoutedRule): StaticPriority {
    const { objective, weight, due } = this.#problem;
    const { order, operations } = this.#data;
    const tail = this.#tail;
    const durations = this.#work.duration.subarray(machine * operations, (machine + 1) * operations);
    const scale = lookAhead * this.#meanDuration;
    const setupScale = this.#meanSetup > 0 ? setupLookAhead * this.#meanSetup : Infinity;
    const urgent = durations.map((ticks, o) => Math.log(Math.max(weight[order[o] ?? 0] ?? 0, 1e-9)) - Math.log(Math.max(1, ticks + restShare * (tail[o] ?? 0))));
    if (objective === 'finish') return { urgent, calm: undefined, scale, setupScale };
    const calm = urgent.map((each, o) => {
      const before = due[order[o] ?? 0] ?? Infinity;
      return before === Infinity ? each - 1e9 : each - (before - waitingFactor * (tail[o] ?? 0) - (durations[o] ?? 0)) / scale;
    });
    return { urgent, calm, scale, setupScale };
  }
}
