import { type KnownOperation, sameOperations } from '../../common/scheduling/same-operations.ts';
import type { ScheduledOperation } from '../../common/scheduling/schedule.ts';
import { type Solution, operationCount, orderOfOperation } from '../scheduling/problem.ts';
import { insertionPlaces } from './insertion-places.ts';
import { listScheduler } from './list-schedule.ts';
import { knownAs } from './planned-work.ts';
import type { ShopProblem } from './shop-problem.ts';

/** Places of which each new operation tries at most so many in full, and operations scheduled at most in all: some seconds. */
const mostTrials = 12;
const mostSteps = 2e6;

/** What is kept of an earlier plan. */
export type EarlierPlan = readonly (KnownOperation & Pick<ScheduledOperation, 'machine' | 'start'>)[];

/**
 * The earlier plan with as little change as possible: what it held keeps its machine and the order of its starts and moves only as far as it must (right-shift
 * rescheduling: Vieira, Herrmann and Lin, 2003, doi:10.1023/A:1022235519958); what is new goes, order by order of due date, where it harms the objective
 * least among the most promising places, the last of equals. An earlier machine that is gone or cannot do the process any more counts as new. What is not placed
 * when `isOver` says so goes behind all else, where it ends first.
 */
export function leastDisruption(shopProblem: ShopProblem, earlier: EarlierPlan, isOver: () => boolean): Solution {
  const { problem, operations, shop, working } = shopProblem;
  const count = operationCount(problem);
  const machineNumber = new Map(shop.machines.map(({ name }, index) => [name, index]));
  const before = sameOperations(earlier, operations.map(knownAs));
  const machineOf = new Int32Array(count).fill(-1);
  const earlierStart = new Float64Array(count).fill(NaN);
  for (const [index, { process }] of operations.entries()) {
    const found = before[index];
    const machine = found === undefined ? undefined : machineNumber.get(found.machine);
    const fits = machine !== undefined && shop.machines[machine]?.processes.includes(process) === true && problem.alternativeMachine.subarray(problem.alternativeStart[index], problem.alternativeStart[index + 1]).includes(machine);
    if (found === undefined || !fits) continue;
    machineOf[index] = machine;
    earlierStart[index] = Date.parse(found.start);
  }

  const all = [...operations.keys()];
  const kept = all.filter((operation) => !Number.isNaN(earlierStart[operation]));
  const fresh = all.filter((operation) => Number.isNaN(earlierStart[operation]));
  kept.sort((a, b) => (earlierStart[a] ?? 0) - (earlierStart[b] ?? 0) || a - b);
  const orderOf = orderOfOperation(problem);
  const due = (operation: number): number => problem.due[orderOf[operation] ?? 0] ?? Infinity;
  fresh.sort((a, b) => (due(a) === due(b) ? a - b : due(a) - due(b)));

  // Whatever is not placed yet stands behind all others, so that each trial is a whole plan.
  let list = inRoutingOrder([...kept, ...fresh], orderOf);
  const schedule = listScheduler(problem, working);
  const plan = (trial: readonly number[]): Solution => schedule(Int32Array.from(trial), machineOf);
  const trials = Math.max(1, Math.min(mostTrials, Math.floor(mostSteps / Math.max(1, fresh.length * count))));
  let current = plan(list);
  const placed = new Set(kept);
  for (const operation of fresh) {
    if (isOver()) break;
    const without = list.filter((other) => other !== operation);
    const places = insertionPlaces(problem, current, sequencesOf(problem.machineCount, without, placed, current.machine), operation, working, trials);
    let best: { list: number[]; machine: number; solution: Solution; position: number } | undefined;
    for (const { machine, ahead } of places) {
      const position = placeInList(without, operation, ahead, placed, orderOf);
      const trial = [...without.slice(0, position), operation, ...without.slice(position)];
      machineOf[operation] = machine;
      const solution = plan(trial);
      const equal = solution.objective === best?.solution.objective;
      if (!best || solution.objective < best.solution.objective || (equal && position > best.position)) best = { list: trial, machine, solution, position };
    }
    placed.add(operation);
    if (!best) continue;
    ({ list, solution: current } = best);
    machineOf[operation] = best.machine;
  }
  return current;
}

/** The placed operations of each machine in the order of the list. */
function sequencesOf(machines: number, list: readonly number[], placed: ReadonlySet<number>, machine: Int32Array): number[][] {
  const sequences = Array.from({ length: machines }, (): number[] => []);
  for (const operation of list) if (placed.has(operation)) sequences[machine[operation] ?? 0]?.push(operation);
  return sequences;
}

/** The place in the list ahead of another operation, or behind all that are placed where that is -1; moved to stand between its neighbours of the same order. */
function placeInList(list: readonly number[], operation: number, ahead: number, placed: ReadonlySet<number>, orderOf: Int32Array): number {
  let first = 0;
  let last = list.length;
  let wanted = -1;
  let behindAll = 0;
  for (const [index, other] of list.entries()) {
    if (other === ahead) wanted = index;
    if (placed.has(other)) behindAll = index + 1;
    if (orderOf[other] !== orderOf[operation]) continue;
    if (other < operation) first = index + 1;
    else last = Math.min(last, index);
  }
  return Math.max(first, Math.min(last, wanted < 0 ? behindAll : wanted));
}

/** The list with the operations of each order in their order, at the places that they had together. */
function inRoutingOrder(list: readonly number[], orderOf: Int32Array): number[] {
  const byOrder = new Map<number, number[]>();
  for (const operation of list) {
    const order = orderOf[operation] ?? 0;
    const operations = byOrder.get(order);
    if (operations) operations.push(operation);
    else byOrder.set(order, [operation]);
  }
  for (const operations of byOrder.values()) operations.sort((a, b) => b - a);
  return list.map((operation) => byOrder.get(orderOf[operation] ?? 0)?.pop() ?? operation);
}
