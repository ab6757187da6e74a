import { z } from 'zod';
import { SpindleError, issueText } from '../errors.ts';
import { defaultSharedError } from '../shared-error.ts';
import { issueAt, shapeIssues } from './shape-issues.ts';

/** Operations at most in one schedule: what is still searched and simulated well within a minute and half a gigabyte. */
export const maxOperations = 20_000;

/** The error for more operations than one schedule takes; without a count where they were not counted to the end. */
export function tooManyOperations(count?: number): SpindleError {
  const most = maxOperations.toLocaleString('en');
  const what = count === undefined ? `these are more than the ${most} operations` : `${count.toLocaleString('en')} operations are more than the ${most}`;
  return new SpindleError('too_many_operations', `${what} of one schedule: plan fewer parts together, such as those that are due first`);
}

/** What a schedule can be judged by. */
export const objectives = ['tardiness', 'makespan', 'finish', 'setup'] as const;

const time = z.string().max(40).describe('ISO 8601; in the shop\'s wall time where no offset is given');
const operationId = z.string().min(1).max(250).describe('Id of the operation: its part_id, or order_id/operation');

/** How a schedule is to be made. */
export const scheduleRequestSchema = z
  .strictObject({
    objective: z
      .enum(objectives)
      .optional()
      .describe('tardiness: Σ weight · minutes late; makespan: the last end; finish: Σ weight · end; setup: minutes of setup; weights follow from priorities. Default: tardiness where a part has a due date, else makespan'),
    start: time.optional().describe('Start of the plan; default: now'),
    time_limit_s: z.number().min(0.1).max(600).default(10).describe('Seconds of search'),
    iterations: z.int().min(0).max(1e9).optional().describe('Iterations of search at most: with them the same request gives the same schedule on any machine'),
    seed: z.int().min(0).max(2 ** 31 - 1).default(1),
    locked: z
      .array(z.strictObject({ id: operationId, machine: z.string().max(100), start: time.optional() }))
      .max(maxOperations)
      .default([])
      .describe('Operations that stay on a machine, with `start` also at a time'),
    running: z
      .array(z.strictObject({ id: operationId, machine: z.string().max(100), started: time.optional(), remaining_min: z.number().min(0).max(1e6).optional() }))
      .max(1_000)
      .default([])
      .describe('Operations under way at the start: what remains is `remaining_min`, or what the working time since `started` leaves'),
    finished: z.array(operationId).max(maxOperations).default([]).describe('Operations that are done: they are left out, and what comes behind them in their order may begin'),
    mounted: z
      .record(z.string(), z.record(z.string(), z.string()))
      .default({})
      .describe('What each machine is set up for at the start, by feature; machines that are not named start without a setup'),
    keep: z.enum(['best', 'least_disruption']).default('best').describe('When re-planning: search on from the earlier schedule, never to a worse one where that can still be kept; or leave machines and order as they were and only insert what is new'),
    progress: z.enum(['as_told', 'as_planned']).default('as_told').describe('When re-planning from a later start: what the earlier schedule has ended or under way by then is so only where `finished` and `running` tell; or wherever they and `locked` do not tell otherwise'),
    draws: z.int().min(0).max(10_000).default(1_000).describe('Draws of the simulation; 0: none'),
    shared_error: z.number().min(0).max(1).default(defaultSharedError).describe('Share of the variance of the estimates\' errors that all parts have in common'),
  })
  .meta({ id: 'ScheduleRequest' });

export type ObjectiveName = (typeof objectives)[number];
export type ScheduleRequest = z.infer<typeof scheduleRequestSchema>;

const knownKeys = [...Object.keys(scheduleRequestSchema.shape), 'id', 'machine', 'started', 'remaining_min'];

/** The error for one thing in a request that cannot be followed: where, what is wrong, and how to mend it. */
export function refusedRequest(place: string, what: string, value: unknown, fix: string): SpindleError {
  const issue = issueAt(place, what, value, fix);
  return new SpindleError('invalid_schedule_request', `${issue.message}; ${fix}`, { issues: [issue] });
}

/** A request from its JSON. Throws `invalid_schedule_request` with every problem of its shape. */
export function readScheduleRequest(value: unknown): ScheduleRequest {
  const parsed = scheduleRequestSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issues = shapeIssues(parsed.error, value, knownKeys);
  throw new SpindleError('invalid_schedule_request', issues.slice(0, 3).map(issueText).join('; '), { issues });
}
