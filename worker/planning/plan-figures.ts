import type { Figures, MachineFigures } from '../../common/scheduling/schedule.ts';
import { type Solution, orderCount } from '../scheduling/problem.ts';
import { machineGroups } from './machine-groups.ts';
import { type PlanTiming, finishOf, weightedTardiness } from './plan-timing.ts';
import type { ShopProblem } from './shop-problem.ts';
import { minutesOf, tickMs } from './ticks.ts';

/** The figures of a plan: makespan, lateness, and where the machines' time from its start to its last end goes. */
export function planFigures(shopProblem: ShopProblem, solution: Solution, timing: PlanTiming): Figures {
  const { problem, shop, clock, start, operations, working } = shopProblem;
  const sums = shop.machines.map(() => ({ operations: 0, work: 0, changeover: 0, finish: 0 }));
  const byProcess = new Map<string, number>();
  for (const [operation, { process }] of operations.entries()) {
    const sum = sums[solution.machine[operation] ?? 0];
    const work = timing.planned[operation] ?? 0;
    byProcess.set(process, (byProcess.get(process) ?? 0) + work);
    if (!sum) continue;
    sum.operations++;
    sum.work += work;
    sum.changeover += timing.setup[operation] ?? 0;
    sum.finish = Math.max(sum.finish, solution.end[operation] ?? 0);
  }
  const available = sums.map((_, machine) => working[machine]?.between(0, solution.makespan) ?? solution.makespan);
  const machines = sums.map((sum, machine): MachineFigures => ({
    machine: shop.machines[machine]?.name ?? '',
    operations: sum.operations,
    available_min: minutesOf(available[machine] ?? 0),
    work_min: minutesOf(sum.work),
    changeover_min: minutesOf(sum.changeover),
    utilisation: share(sum.work + sum.changeover, available[machine] ?? 0),
    changeover_share: share(sum.changeover, sum.work + sum.changeover),
    finish: sum.operations === 0 ? null : clock.iso(start + sum.finish * tickMs),
  }));
  const groups = machineGroups(shop).map(({ name, machines: members }) => ({
    name,
    utilisation: share(members.reduce((total, m) => total + (sums[m]?.work ?? 0) + (sums[m]?.changeover ?? 0), 0), members.reduce((total, m) => total + (available[m] ?? 0), 0)),
  }));
  const busiest = groups.reduce((most, group) => (group.utilisation > most.utilisation ? group : most), { name: '', utilisation: 0 });

  const lateness = Array.from({ length: orderCount(problem) }, (_, order) => finishOf(problem, solution.end, order) - (problem.due[order] ?? Infinity)).filter((ticks) => ticks > 0);
  return {
    operations: operations.length,
    orders: orderCount(problem),
    makespan_min: minutesOf(solution.makespan),
    finish: clock.iso(start + solution.makespan * tickMs),
    late_orders: lateness.length,
    tardiness_min: minutesOf(weightedTardiness(problem, solution.end)),
    largest_late_min: minutesOf(lateness.reduce((most, ticks) => Math.max(most, ticks), 0)),
    changeover_min: minutesOf(sums.reduce((sum, { changeover }) => sum + changeover, 0)),
    work_by_process: Object.fromEntries([...byProcess].map(([process, ticks]) => [process, minutesOf(ticks)])),
    machines,
    bottleneck: busiest.utilisation > 0 ? busiest.name : null,
  };
}

/** Part of whole, to four digits, 0 to 1. */
function share(part: number, whole: number): number {
  return whole <= 0 ? 0 : Math.min(1, Math.round((part / whole) * 1e4) / 1e4);
}
