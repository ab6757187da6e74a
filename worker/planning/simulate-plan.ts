import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import { standardNormal } from '../../common/seeded-random.ts';
import { orderCount } from '../scheduling/problem.ts';
import { type LotError, errorCurve, lotError, quantile } from './estimate-error.ts';
import { type PlanTiming, finishOf, weightedTardiness } from './plan-timing.ts';
import { minutesOn } from './planned-work.ts';
import type { ShopProblem } from './shop-problem.ts';
import { minuteTicks } from './ticks.ts';

/** Finishes kept at most, over all orders and draws: 16 MB, and a second or two of simulation. */
const keptFinishes = 2_000_000;

/** Draws at least: an estimated probability is then off by 3.5 % at most as a standard deviation. */
const fewestDraws = 200;

/** Draws at most for so many orders. */
export function mostDraws(orders: number): number {
  return Math.max(fewestDraws, Math.floor(keptFinishes / Math.max(1, orders)));
}

/** What a simulation tells; times in ticks, one row a draw. */
export interface SimulatedPlan {
  readonly draws: number;
  readonly makespan: Float64Array;
  readonly tardiness: Float64Array;
  /** Finishes of order j: finish[j · draws] to finish[(j + 1) · draws - 1], ascending. */
  readonly finish: Float64Array;
  /** Per order: share of the draws in which it is on time. */
  readonly onTime: Float64Array;
  /** Share of the draws in which no order is late. */
  readonly allOnTime: number;
}

/**
 * Runs a plan many times with working times drawn from the parts' intervals: each operation is quantity · piece / speed + setup_min with the piece from `errorCurve`, and errors
 * that are in part shared by the whole plan (a one-factor Gaussian copula, so that each operation keeps the distribution of its own interval). Dispatch order, calendars, setups and
 * releases are kept; setups take what they take. What runs already varies in proportion to what is left of it. `draws` is lowered where orders are very many.
 */
export function simulatePlan(shopProblem: ShopProblem, timing: PlanTiming, options: { draws: number; sharedError: number; random: RandomGenerator }): SimulatedPlan {
  const { problem, working } = shopProblem;
  const orders = orderCount(problem);
  const draws = Math.min(options.draws, mostDraws(orders));
  const lots = lotsOf(shopProblem, timing, options.sharedError);
  const ticks = new Float64Array(lots.length);
  const run = timing.timing();
  const makespan = new Float64Array(draws);
  const tardiness = new Float64Array(draws);
  const finish = new Float64Array(orders * draws);
  const onTime = new Float64Array(orders);
  let allOnTime = 0;
  for (let draw = 0; draw < draws; draw++) {
    const common = standardNormal(options.random);
    for (const [operation, { curve, error, pieces, fixed, fraction }] of lots.entries()) {
      const z = error.shared * common + error.own * standardNormal(options.random) + curve.bend * error.shift;
      ticks[operation] = Math.max(1, Math.round((pieces * quantile(curve, z) + fixed) * fraction));
    }
    timing.run(ticks, working, run);
    makespan[draw] = run.makespan;
    tardiness[draw] = weightedTardiness(problem, run.end);
    let late = 0;
    for (let order = 0; order < orders; order++) {
      const end = finishOf(problem, run.end, order);
      finish[order * draws + draw] = end;
      if (end <= (problem.due[order] ?? Infinity)) onTime[order] = (onTime[order] ?? 0) + 1;
      else late++;
    }
    if (late === 0) allOnTime++;
  }
  for (let order = 0; order < orders; order++) {
    finish.subarray(order * draws, (order + 1) * draws).sort();
    onTime[order] = (onTime[order] ?? 0) / draws;
  }
  return { draws, makespan, tardiness, finish, onTime, allOnTime: allOnTime / draws };
}

interface Lot {
  curve: ReturnType<typeof errorCurve>;
  error: LotError;
  /** Ticks of the whole lot per minute of a piece. */
  pieces: number;
  /** Ticks of preparation. */
  fixed: number;
  /** What is left of an operation under way; 1 for all others. */
  fraction: number;
}

function lotsOf({ shop, operations, fixings }: ShopProblem, timing: PlanTiming, sharedError: number): Lot[] {
  const left = new Map(fixings.filter(({ running }) => running).map(({ operation, ticks }) => [operation, ticks]));
  return operations.map((operation, index) => {
    const speed = shop.machines[timing.machine[index] ?? 0]?.speed ?? 1;
    const remaining = left.get(index);
    const full = minutesOn(speed, operation) * minuteTicks;
    return {
      curve: errorCurve(operation.minutes),
      error: lotError(operation.quantity, sharedError),
      pieces: (operation.quantity * minuteTicks) / speed,
      fixed: operation.setupMinutes * minuteTicks,
      fraction: remaining === undefined || full <= 0 ? 1 : remaining / full,
    };
  });
}

/** The p-quantile of ascending values: the smallest that at least a share p of them does not exceed. */
export function quantileOf(ascending: Float64Array, p: number): number {
  return ascending[Math.max(0, Math.ceil(p * ascending.length) - 1)] ?? 0;
}
