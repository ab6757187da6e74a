import { z } from 'zod';
import { fieldIssueSchema } from '../errors.ts';
import { objectives, scheduleRequestSchema } from './schedule-request.ts';

const time = z.iso.datetime({ offset: true }).describe('ISO 8601 with the shop\'s offset');
const minutes = z.number();
const share = z.number().min(0).max(1);

/** One operation of a schedule: what is made, where and when, and what it was planned from, so that it can be planned again. */
export const scheduledOperationSchema = z.strictObject({
  id: z.string().describe('part_id, or order_id/operation'),
  part_id: z.string(),
  order_id: z.string(),
  operation: z.int(),
  batch_id: z.uuid().nullable().default(null).describe('The batch that it comes from; null for one from a file'),
  line: z.int().nullable().default(null).describe('Its line there; null in a schedule of an earlier release'),
  process: z.string(),
  machine: z.string(),
  start: time,
  end: time,
  start_min: minutes.describe('From the start of the plan'),
  end_min: minutes,
  work_min: minutes.describe('Machining on this machine, breaks not counted'),
  setup_start: time.nullable().describe('The changeover before it, as late as its start allows; null where there is none'),
  setup_end: time.nullable(),
  changeover_min: minutes.describe('Minutes of the changeover, breaks not counted'),
  state: z.enum(['planned', 'locked', 'running']),
  quantity: z.int(),
  setup_min: minutes.describe('The part\'s own minutes of preparation, within work_min'),
  time_min: minutes.describe('Estimate of one piece'),
  time_min_low: minutes,
  time_min_high: minutes,
  features: z.record(z.string(), z.string()).describe('All other columns of the part'),
});

/** One order: when its last operation ends, and how sure that is. */
export const scheduledOrderSchema = z.strictObject({
  id: z.string(),
  release: time.nullable(),
  due: time.nullable(),
  priority: z.int().nullable().describe('1 is the most urgent'),
  weight: z.int().describe('What its late minutes count: 16 for priority 1, half of it with each step, 1 from 5 on and without a priority'),
  finish: time,
  finish_min: minutes,
  late_min: minutes.describe('0 where it is on time or has no due date'),
  on_time: share.nullable().describe('Probability of being on time; null without a due date or simulation'),
  finish_10: time.nullable().describe('10 % of the simulated finishes are before it'),
  finish_50: time.nullable(),
  finish_90: time.nullable(),
});

/** What the time from an order's release to its finish went into. */
export const waitSchema = z.strictObject({
  kind: z.enum(['machine', 'setup', 'shift', 'idle', 'work']).describe('machine: busy with others; setup: being set up; shift: closed; idle: kept free for another; work: being made'),
  minutes,
  machine: z.string(),
  with: z.array(z.string()).describe('Operations that held the machine, longest first, at most five'),
});

/** Why an order is late. */
export const lateOrderSchema = z.strictObject({
  order_id: z.string(),
  late_min: minutes,
  cause: z
    .enum(['overdue', 'release', 'work', 'shift', 'machine', 'setup', 'idle'])
    .describe('overdue: due before the plan; release, work, shift: late even alone in the shop; machine, setup, idle: what it waits for longest'),
  text: z.string(),
  waits: z.array(waitSchema).describe('In order of time; their minutes sum to finish - ready, ready being the release or the start of the plan'),
});

/** A distribution by quantiles. */
export const quantilesSchema = z.strictObject({ mean: minutes, p10: minutes, p50: minutes, p90: minutes });

/** What a simulation of the plan tells about all of it. */
export const simulationSchema = z.strictObject({
  draws: z.int(),
  seed: z.int(),
  shared_error: share,
  makespan_min: quantilesSchema,
  tardiness_min: quantilesSchema.describe('Σ weight · minutes late'),
  all_on_time: share.describe('Probability that no order is late'),
});

/** One machine's minutes from the start of the plan to its end. */
export const machineFiguresSchema = z.strictObject({
  machine: z.string(),
  operations: z.int(),
  available_min: minutes.describe('Working time until the last end of the plan'),
  work_min: minutes,
  changeover_min: minutes,
  utilisation: share.describe('(work + changeover) / available'),
  changeover_share: share.describe('changeover / (work + changeover)'),
  finish: time.nullable(),
});

/** Figures of the whole plan. */
export const figuresSchema = z.strictObject({
  operations: z.int(),
  orders: z.int(),
  makespan_min: minutes,
  finish: time,
  late_orders: z.int(),
  tardiness_min: minutes.describe('Σ weight · minutes late'),
  largest_late_min: minutes,
  changeover_min: minutes,
  work_by_process: z.record(z.string(), minutes),
  machines: z.array(machineFiguresSchema),
  bottleneck: z.string().nullable().describe('The machine group with the highest utilisation'),
});

/** What one more hour of a machine group would gain, with all machines and orders of work kept. */
export const extraHourSchema = z.strictObject({
  group: z.string().describe('What its machines can do'),
  machines: z.array(z.string()),
  after: time.nullable().describe('The end of work after which the hour gains most; null where none gains'),
  tardiness_gain_min: minutes.describe('Σ weight · minutes late that it saves'),
  makespan_gain_min: minutes,
});

/** A part that the schedule leaves out. */
export const unplannedSchema = z.strictObject({
  batch_id: z.uuid().nullable().describe('The batch that it comes from'),
  line: z.int().nullable(),
  part_id: z.string(),
  order_id: z.string(),
  operation: z.int().nullable(),
  reason: z.string(),
  fix: z.string(),
});

/** A schedule: everything that a planner reads. */
export const scheduleSchema = z
  .strictObject({
    shop_version: z.string(),
    model_versions: z.array(z.string()).describe('Versions that estimated its parts'),
    created_at: z.iso.datetime(),
    time_zone: z.string(),
    start: time,
    options: scheduleRequestSchema,
    objective_name: z.enum(objectives),
    objective: minutes.describe('Value of the objective, for the point estimates; smaller is better'),
    lower_bound: minutes.describe('No schedule of these point estimates has a smaller objective'),
    gap: z.number().min(0).describe('(objective - lower_bound) / objective'),
    status: z.enum(['optimal', 'feasible', 'kept']).describe('optimal: objective = lower_bound; kept: the earlier plan with as little change as possible, not searched'),
    runtime_s: z.number(),
    figures: figuresSchema,
    operations: z.array(scheduledOperationSchema).describe('By machine, then start'),
    orders: z.array(scheduledOrderSchema),
    late: z.array(lateOrderSchema).describe('Latest first'),
    extra_hours: z.array(extraHourSchema).describe('The group that gains most first'),
    simulation: simulationSchema.nullable(),
    unplanned: z.array(unplannedSchema),
    warnings: z.array(fieldIssueSchema),
  })
  .meta({ id: 'Schedule' });

export type ScheduledOperation = z.infer<typeof scheduledOperationSchema>;
export type ScheduledOrder = z.infer<typeof scheduledOrderSchema>;
export type Wait = z.infer<typeof waitSchema>;
export type LateOrder = z.infer<typeof lateOrderSchema>;
export type Quantiles = z.infer<typeof quantilesSchema>;
export type SimulationFigures = z.infer<typeof simulationSchema>;
export type MachineFigures = z.infer<typeof machineFiguresSchema>;
export type Figures = z.infer<typeof figuresSchema>;
export type ExtraHour = z.infer<typeof extraHourSchema>;
export type Unplanned = z.infer<typeof unplannedSchema>;
export type Schedule = z.infer<typeof scheduleSchema>;
