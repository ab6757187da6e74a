import type { JobsOptions } from 'bullmq';
import { z } from 'zod';
import { SpindleError } from './errors.ts';
import { versionIdSchema } from './model/version-id.ts';

const id = z.uuid();

/** The features of a part, in the order of the model's schema. */
const part = z.array(z.union([z.number(), z.string(), z.null()]));

/**
 * Every job: its queue, payload, result and retry policy.
 * Payloads are parsed where a job is enqueued and again where it is processed.
 * Results stay small: BullMQ stores a returned value three times.
 */
export const jobs = {
  /** Concurrent requests' parts, estimated together; the estimates go back on the asking API's channel. */
  'estimate-parts': {
    queue: 'estimates',
    payload: z.strictObject({
      replyTo: z.string().describe('Channel of the API instance that asked'),
      version: versionIdSchema,
      parts: z.array(part).min(1).max(256),
      requestIds: z.array(z.string()).describe('The HTTP requests that asked, for the logs'),
      explain: z.literal(false).optional().describe('What an API of the version before still says'),
    }),
    result: z.number().describe('Parts estimated'),
    // One retry: the caller waits, and a part that fails twice fails for a reason.
    options: { attempts: 2, removeOnComplete: true, removeOnFail: { age: 3_600, count: 1_000 } },
  },
  /** A few parts to be explained, which takes a thousand times as long: on a queue of its own, so that estimates do not wait. */
  'explain-parts': {
    queue: 'explanations',
    payload: z.strictObject({
      replyTo: z.string().describe('Channel of the API instance that asked'),
      version: versionIdSchema,
      parts: z.array(part).min(1).max(8),
      deadline: z.int().describe('When its callers give up, in milliseconds since 1970: what is not done by then is dropped'),
      requestIds: z.array(z.string()).describe('The HTTP requests that asked, for the logs'),
    }),
    result: z.number().describe('Parts explained; 0 where it was dropped'),
    options: { attempts: 2, removeOnComplete: true, removeOnFail: { age: 3_600, count: 1_000 } },
  },
  /** One chunk of a batch; the payload and the estimates have keys of their own. */
  'estimate-chunk': {
    queue: 'batches',
    payload: z.strictObject({ batchId: id, chunk: z.int().min(0) }),
    result: z.number().describe('Parts estimated'),
    options: { attempts: 5, backoff: { type: 'exponential', delay: 500 }, removeOnComplete: { age: 3_600 }, removeOnFail: { age: 86_400 }, ignoreDependencyOnFailure: true },
  },
  /** Flow parent of a batch's chunks: decides complete, partial or cancelled by comparing counts. */
  'finish-batch': {
    queue: 'batches',
    payload: z.strictObject({ batchId: id }),
    result: z.enum(['complete', 'partial', 'cancelled']),
    options: { attempts: 10, backoff: { type: 'exponential', delay: 500 }, removeOnComplete: { age: 3_600 }, removeOnFail: { age: 86_400 } },
  },
  /** Lay batches out on the shop's machines; what it needs and what it gives have keys of their own. */
  'plan-schedule': {
    queue: 'schedules',
    payload: z.strictObject({ scheduleId: id }),
    result: z.enum(['optimal', 'feasible', 'kept']).nullable().describe('How good the schedule is, or null'),
    // What cannot be planned stays so; a worker that died is retried as a stalled job.
    options: { attempts: 1, removeOnComplete: { age: 86_400 }, removeOnFail: { age: 604_800 } },
  },
  /** Fit, evaluate, gate and publish a model from uploaded parts. */
  'train-model': {
    queue: 'training',
    payload: z.strictObject({ trainingId: id }),
    result: z.string().nullable().describe('The version made, or null'),
    // A fit that failed for its data would fail again; a trainer that died is retried as a stalled job.
    options: { attempts: 1, removeOnComplete: { age: 86_400 }, removeOnFail: { age: 604_800 } },
  },
  /** Make a published version the current one. */
  'set-current': {
    queue: 'switching',
    payload: z.strictObject({ version: versionIdSchema, requestId: z.string().describe('The HTTP request that asked, for the logs') }),
    result: z.string().describe('The version that was current before, or an empty text'),
    options: { attempts: 2, removeOnComplete: { age: 3_600 }, removeOnFail: { age: 86_400 } },
  },
} as const satisfies Record<string, { queue: string; payload: z.ZodType; result: z.ZodType; options: JobsOptions }>;

export type JobName = keyof typeof jobs;
export type QueueName = (typeof jobs)[JobName]['queue'];
export type JobPayload<N extends JobName> = z.infer<(typeof jobs)[N]['payload']>;
export type JobResult<N extends JobName> = z.infer<(typeof jobs)[N]['result']>;

/** All queues, for boards and metrics. */
export const queueNames: readonly QueueName[] = [...new Set(Object.values(jobs).map((job) => job.queue))];

/** True for a name in the job map. */
export function isJobName(name: string): name is JobName {
  return Object.hasOwn(jobs, name);
}

/** The payload as the job's schema has it. Throws `invalid_body` naming the job and field: a defect or a foreign producer. */
export function parsePayload<N extends JobName>(name: N, data: unknown): JobPayload<N> {
  const parsed = jobs[name].payload.safeParse(data);
  if (!parsed.success) throw new SpindleError('invalid_body', `job ${name}: ${z.prettifyError(parsed.error)}`);
  return parsed.data as JobPayload<N>;
}

/**
 * BullMQ's id of a batch's chunk. Ids are derived from the batch, so that adding a flow twice adds nothing.
 * A job's id may hold no colon and not be all digits.
 */
export const chunkJobId = (batchId: string, chunk: number): string => `${batchId}-chunk-${chunk}`;
/** BullMQ's id of a batch's last step. */
export const finishJobId = (batchId: string): string => `${batchId}-finish`;

/** Priority of a chunk: its place in the batch, so that a short batch is not held up behind a long one. BullMQ's largest is 2^21. */
export const chunkPriority = (chunk: number): number => Math.min(chunk + 1, 2 ** 21);
