import type { Quantiles, Schedule, ScheduledOperation, ScheduledOrder, SimulationFigures } from '../../common/scheduling/schedule.ts';
import type { ScheduleRequest } from '../../common/scheduling/schedule-request.ts';
import { seededRandom } from '../../common/seeded-random.ts';
import type { Solution } from '../scheduling/problem.ts';
import { extraHours } from './extra-hour.ts';
import { lateReasons } from './late-reasons.ts';
import { planFigures } from './plan-figures.ts';
import { PlanTiming, finishOf } from './plan-timing.ts';
import { type PlannedSetup, plannedSetups } from './planned-setups.ts';
import type { ShopProblem } from './shop-problem.ts';
import { type SimulatedPlan, quantileOf, simulatePlan } from './simulate-plan.ts';
import { minuteTicks, minutesOf, tickMs } from './ticks.ts';

/** A solution with what is known of it, and what the schedule records about its making. */
export interface Made {
  readonly solution: Solution;
  readonly lowerBound: number;
  readonly status: Schedule['status'];
  readonly runtimeSeconds: number;
  readonly request: ScheduleRequest;
  readonly shopVersion: string;
  readonly modelVersions: readonly string[];
  /** When it was made, in ms. */
  readonly now: number;
}

/** Everything that a planner reads, from a solution: operations in the shop's time, figures, chances of being on time, reasons for what is late. */
export function makeSchedule(shopProblem: ShopProblem, made: Made): Schedule {
  const { problem, clock, start, working, unplanned, warnings } = shopProblem;
  const { solution, request } = made;
  const timing = new PlanTiming(problem, solution);
  const setups = plannedSetups(solution, timing, working);
  const random = seededRandom(request.seed);
  const simulated = request.draws === 0 ? undefined : simulatePlan(shopProblem, timing, { draws: request.draws, sharedError: request.shared_error, random });
  const objective = minutesOf(solution.objective);
  // Rounding must not lift the bound above what it bounds.
  const lowerBound = made.status === 'optimal' ? objective : Math.min(objective, Math.floor((made.lowerBound / minuteTicks) * 1_000) / 1_000);
  return {
    shop_version: made.shopVersion,
    model_versions: [...made.modelVersions],
    created_at: new Date(made.now).toISOString(),
    time_zone: clock.zone,
    start: clock.iso(start),
    options: request,
    objective_name: problem.objective,
    objective,
    lower_bound: lowerBound,
    gap: objective <= lowerBound || objective <= 0 ? 0 : (objective - lowerBound) / objective,
    status: made.status,
    runtime_s: Math.round(made.runtimeSeconds * 1_000) / 1_000,
    figures: planFigures(shopProblem, solution, timing),
    operations: operationsOf(shopProblem, solution, timing, setups),
    orders: ordersOf(shopProblem, solution, simulated),
    late: lateReasons(shopProblem, solution, timing, setups),
    extra_hours: extraHours(shopProblem, timing),
    simulation: simulated === undefined ? null : simulationOf(simulated, request),
    unplanned: [...unplanned],
    warnings: [...warnings],
  };
}

function operationsOf({ shop, clock, start, operations, fixings }: ShopProblem, solution: Solution, timing: PlanTiming, setups: readonly (PlannedSetup | undefined)[]): ScheduledOperation[] {
  const iso = (tick: number): string => clock.iso(start + tick * tickMs);
  const states = new Map(fixings.map(({ operation, running }) => [operation, running ? ('running' as const) : ('locked' as const)]));
  const order = [...operations.keys()].sort((a, b) => (solution.machine[a] ?? 0) - (solution.machine[b] ?? 0) || (solution.start[a] ?? 0) - (solution.start[b] ?? 0));
  return order.flatMap((index): ScheduledOperation[] => {
    const operation = operations[index];
    if (!operation) return [];
    const from = solution.start[index] ?? 0;
    const to = solution.end[index] ?? 0;
    const setup = setups[index];
    return [{
      id: operation.id,
      part_id: operation.partId,
      order_id: operation.orderId,
      operation: operation.number,
      batch_id: operation.batchId,
      line: operation.line,
      process: operation.process,
      machine: shop.machines[solution.machine[index] ?? 0]?.name ?? '',
      start: iso(from),
      end: iso(to),
      start_min: minutesOf(from),
      end_min: minutesOf(to),
      work_min: minutesOf(timing.planned[index] ?? 0),
      setup_start: setup ? iso(setup.start) : null,
      setup_end: setup ? iso(setup.end) : null,
      changeover_min: minutesOf(timing.setup[index] ?? 0),
      state: states.get(index) ?? 'planned',
      quantity: operation.quantity,
      setup_min: operation.setupMinutes,
      time_min: operation.minutes.value,
      time_min_low: operation.minutes.low,
      time_min_high: operation.minutes.high,
      features: { ...operation.features },
    }];
  });
}

function ordersOf({ problem, clock, start, orders }: ShopProblem, solution: Solution, simulated: SimulatedPlan | undefined): ScheduledOrder[] {
  const iso = (tick: number): string => clock.iso(start + tick * tickMs);
  return orders.map(({ id, release, due, priority, weight }, order) => {
    const finish = finishOf(problem, solution.end, order);
    const finishes = simulated?.finish.subarray(order * simulated.draws, (order + 1) * simulated.draws);
    const at = (p: number): string | null => (finishes ? iso(quantileOf(finishes, p)) : null);
    return {
      id,
      release: release === undefined ? null : clock.iso(release),
      due: due === undefined ? null : clock.iso(due),
      priority,
      weight,
      finish: iso(finish),
      finish_min: minutesOf(finish),
      late_min: minutesOf(Math.max(0, finish - (problem.due[order] ?? Infinity))),
      on_time: simulated && due !== undefined ? Math.round((simulated.onTime[order] ?? 0) * 1e4) / 1e4 : null,
      finish_10: at(0.1),
      finish_50: at(0.5),
      finish_90: at(0.9),
    };
  });
}

function simulationOf(simulated: SimulatedPlan, request: ScheduleRequest): SimulationFigures {
  return {
    draws: simulated.draws,
    seed: request.seed,
    shared_error: request.shared_error,
    makespan_min: quantilesOf(simulated.makespan),
    tardiness_min: quantilesOf(simulated.tardiness),
    all_on_time: simulated.allOnTime,
  };
}

function quantilesOf(ticks: Float64Array): Quantiles {
  const sorted = Float64Array.from(ticks).sort();
  const mean = sorted.reduce((sum, value) => sum + value, 0) / sorted.length;
  return { mean: minutesOf(mean), p10: minutesOf(quantileOf(sorted, 0.1)), p50: minutesOf(quantileOf(sorted, 0.5)), p90: minutesOf(quantileOf(sorted, 0.9)) };
}
