import { z } from 'zod';
import { sameOperations } from './same-operations.ts';
import type { Schedule } from './schedule.ts';

const both = <T extends z.ZodType>(schema: T) => z.strictObject({ before: schema, after: schema });

/** An operation that both schedules have and that differs. */
export const movedOperationSchema = z.strictObject({
  id: z.string(),
  machine_before: z.string(),
  machine_after: z.string(),
  start_before: z.string(),
  start_after: z.string(),
  shift_min: z.number().describe('Minutes that it starts later; below 0 earlier; 0 for what was to start before the second schedule and now runs'),
});

/** Two schedules side by side: `before` is the one compared with. */
export const scheduleComparisonSchema = z
  .strictObject({
    moved: z.int().describe('Operations on another machine'),
    earlier: z.int().describe('Operations that start earlier'),
    later: z.int(),
    unchanged: z.int().describe('Same machine, same start'),
    added: z.array(z.string()).describe('Operations that only the second has'),
    removed: z.array(z.string()).describe('Operations that only the first has, and that are not finished'),
    finished: z.array(z.string()).describe('Operations of the first that are finished by what the second was asked'),
    operations: z.array(movedOperationSchema).describe('Those that differ, the largest shift first'),
    orders: z.array(z.strictObject({ id: z.string(), late_min: both(z.number()), finish_shift_min: z.number() })).describe('Orders whose finish differs, the largest shift first'),
    became_late: z.array(z.string()),
    became_on_time: z.array(z.string()),
    finish: both(z.string()).extend({ shift_min: z.number() }).describe('The last end'),
    figures: z.record(z.string(), both(z.number())).describe('Figures that are numbers, and the utilisation of machines that both have; what counts from the start of the plan only where both start at the same time'),
    same_shop: z.boolean(),
  })
  .meta({ id: 'ScheduleComparison' });

export type ScheduleComparison = z.infer<typeof scheduleComparisonSchema>;

/** What changed from one schedule to another. */
export function compareSchedules(before: Schedule, after: Schedule): ScheduleComparison {
  const same = sameOperations(before.operations, after.operations);
  const kept = new Set(same);
  const done = new Set(after.options.finished);
  const gone = before.operations.filter((operation) => !kept.has(operation)).map(({ id }) => id);
  const pairs = after.operations.flatMap((now, index) => {
    const earlier = same[index];
    if (!earlier) return [];
    const shift = minutesBetween(earlier.start, now.start);
    // What runs stands in a schedule from its start on, whenever it began.
    return [{ earlier, now, shift: now.state === 'running' ? Math.min(0, shift) : shift }];
  });
  const differing = pairs.filter(({ earlier, now, shift }) => shift !== 0 || earlier.machine !== now.machine);

  const oldOrderOf = new Map(pairs.map(({ earlier, now }) => [now.order_id, earlier.order_id]));
  const oldOrders = new Map(before.orders.map((order) => [order.id, order]));
  const orders = after.orders.flatMap((now) => {
    const earlier = oldOrders.get(oldOrderOf.get(now.id) ?? '');
    return earlier ? [{ id: now.id, late_min: { before: earlier.late_min, after: now.late_min }, finish_shift_min: minutesBetween(earlier.finish, now.finish) }] : [];
  });
  return {
    moved: pairs.filter(({ earlier, now }) => earlier.machine !== now.machine).length,
    earlier: pairs.filter(({ shift }) => shift < 0).length,
    later: pairs.filter(({ shift }) => shift > 0).length,
    unchanged: pairs.length - differing.length,
    added: after.operations.filter((_, index) => same[index] === undefined).map(({ id }) => id),
    removed: gone.filter((id) => !done.has(id)),
    finished: gone.filter((id) => done.has(id)),
    operations: differing
      .sort((a, b) => Math.abs(b.shift) - Math.abs(a.shift))
      .map(({ earlier, now, shift }) => ({ id: now.id, machine_before: earlier.machine, machine_after: now.machine, start_before: earlier.start, start_after: now.start, shift_min: shift })),
    orders: orders.filter((order) => order.finish_shift_min !== 0).sort((a, b) => Math.abs(b.finish_shift_min) - Math.abs(a.finish_shift_min)),
    became_late: orders.filter(({ late_min: late }) => late.before === 0 && late.after > 0).map(({ id }) => id),
    became_on_time: orders.filter(({ late_min: late }) => late.before > 0 && late.after === 0).map(({ id }) => id),
    finish: { before: before.figures.finish, after: after.figures.finish, shift_min: minutesBetween(before.figures.finish, after.figures.finish) },
    figures: figuresSideBySide(before, after),
    same_shop: before.shop_version === after.shop_version,
  };
}

function figuresSideBySide(before: Schedule, after: Schedule): ScheduleComparison['figures'] {
  const numbers = ['operations', 'orders', 'late_orders', 'tardiness_min', 'largest_late_min', 'changeover_min'] as const;
  const figures: ScheduleComparison['figures'] = Object.fromEntries(numbers.map((name) => [name, { before: before.figures[name], after: after.figures[name] }]));
  const sameStart = Date.parse(before.start) === Date.parse(after.start);
  if (sameStart) figures['makespan_min'] = { before: before.figures.makespan_min, after: after.figures.makespan_min };
  // Values of different objectives say nothing beside each other, nor do those that count from different starts.
  const fromStart = after.objective_name === 'makespan' || after.objective_name === 'finish';
  if (before.objective_name === after.objective_name && (sameStart || !fromStart)) figures['objective'] = { before: before.objective, after: after.objective };
  if (before.simulation && after.simulation) figures['all_on_time'] = { before: before.simulation.all_on_time, after: after.simulation.all_on_time };
  const machines = new Map(before.figures.machines.map(({ machine, utilisation }) => [machine, utilisation]));
  for (const { machine, utilisation } of after.figures.machines) {
    const earlier = machines.get(machine);
    if (earlier !== undefined) figures[`utilisation of ${machine}`] = { before: earlier, after: utilisation };
  }
  return figures;
}

function minutesBetween(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / 60) / 1_000;
}
