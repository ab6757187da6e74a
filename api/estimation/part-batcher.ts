import { randomUUID } from 'node:crypto';
import { SpindleError, isErrorCode } from '../../common/errors.ts';
import type { Estimate } from '../../common/estimate.ts';
import type { EstimateReply } from '../../common/estimate-reply.ts';
import type { Part } from '../../common/part.ts';
import { redisUnavailable } from '../../common/redis.ts';
import type { JobQueues } from '../job-queues.ts';
import type { ReplyInbox } from './reply-inbox.ts';

/** How long a part waits for company while other jobs are under way, in milliseconds. */
const windowMs = 2;
/** Parts in one job, and those to be explained: few, so that a worker soon turns to the next caller's. */
const maxParts = 256;
const maxExplained = 8;
/** How long putting a job on the queue may take, in milliseconds. */
const addPatience = 900;

/** One part on its way to a worker. */
export interface Order {
  version: string;
  explain: boolean;
  part: Part;
  requestId: string;
  resolve: (estimate: Estimate) => void;
  reject: (error: unknown) => void;
}

interface OpenJob {
  orders: Order[];
  timer: NodeJS.Timeout;
}

/**
 * Puts the parts of concurrent requests into few jobs: at once while nothing is under way, else after a short wait or when a job is full.
 * Parts in a job, not the way the answer takes, decide the throughput.
 */
export class PartBatcher {
  readonly #queues: JobQueues;
  readonly #inbox: ReplyInbox;
  readonly #deadlineMs: number;
  readonly #onLate: (orders: Order[]) => void;
  readonly #open = new Map<string, OpenJob>();
  #waiting: Order[] = [];
  #window: NodeJS.Timeout | undefined;

  /** `onLate` gets the orders that no worker answered within `deadlineMs`. */
  constructor(queues: JobQueues, inbox: ReplyInbox, deadlineMs: number, onLate: (orders: Order[]) => void) {
    this.#queues = queues;
    this.#inbox = inbox;
    this.#deadlineMs = deadlineMs;
    this.#onLate = onLate;
    inbox.deliverTo((reply) => this.#settle(reply));
  }

  /** Jobs that wait for their answer. */
  get openJobs(): number {
    return this.#open.size;
  }

  /** Sends parts on their way. */
  add(orders: readonly Order[]): void {
    for (const order of orders) {
      this.#waiting.push(order);
      if (this.#waiting.length >= maxParts) this.#flush();
    }
    if (this.#waiting.length === 0) return;
    if (this.#open.size === 0) this.#flush();
    else this.#window ??= setTimeout(() => this.#flush(), windowMs);
  }

  /** Rejects everything under way, as when the queue went away: no answer to it can arrive any more. */
  rejectAll(error: unknown): void {
    const orders = [...this.#waiting, ...[...this.#open.values()].flatMap((job) => job.orders)];
    for (const job of this.#open.values()) clearTimeout(job.timer);
    this.#open.clear();
    this.#waiting = [];
    clearTimeout(this.#window);
    this.#window = undefined;
    for (const order of orders) order.reject(error);
  }

  #flush(): void {
    clearTimeout(this.#window);
    this.#window = undefined;
    const orders = this.#waiting;
    this.#waiting = [];
    // During a model swap two versions may meet; a job is of one.
    for (const group of new Set(orders.map(groupOf))) {
      const ofGroup = orders.filter((order) => groupOf(order) === group);
      const size = ofGroup[0]?.explain ? maxExplained : maxParts;
      for (let from = 0; from < ofGroup.length; from += size) void this.#send(ofGroup.slice(from, from + size));
    }
  }

  async #send(orders: Order[]): Promise<void> {
    const [first] = orders;
    if (!first) return;
    if (!this.#inbox.open) return rejectOrders(orders, redisUnavailable());
    const jobId = randomUUID();
    // Known before it is queued: the answer may be faster than the return of `add`.
    const timer = setTimeout(() => this.#expire(jobId), this.#deadlineMs);
    this.#open.set(jobId, { orders, timer });
    const payload = {
      replyTo: this.#inbox.channel,
      version: first.version,
      parts: orders.map((order) => order.part),
      requestIds: [...new Set(orders.map((order) => order.requestId))],
    };
    try {
      if (first.explain) await this.#queues.add('explain-parts', { ...payload, deadline: Date.now() + this.#deadlineMs }, { jobId }, addPatience);
      else await this.#queues.add('estimate-parts', payload, { jobId }, addPatience);
    } catch (error) {
      this.#close(jobId);
      rejectOrders(orders, error);
    }
  }

  #settle(reply: EstimateReply): void {
    const orders = this.#close(reply.jobId);
    if (!orders) return; // too late: its callers have been answered from the cache or given up
    if ('error' in reply) return rejectOrders(orders, workerError(reply.error));
    for (const [index, order] of orders.entries()) {
      const estimate = reply.estimates[index];
      if (estimate) order.resolve(estimate);
      else order.reject(new SpindleError('internal', 'the worker answered fewer parts than it was asked for'));
    }
  }

  #expire(jobId: string): void {
    const orders = this.#close(jobId);
    if (orders) this.#onLate(orders);
  }

  #close(jobId: string): Order[] | undefined {
    const job = this.#open.get(jobId);
    if (!job) return undefined;
    this.#open.delete(jobId);
    clearTimeout(job.timer);
    return job.orders;
  }
}

const groupOf = (order: Order): string => `${order.version} ${order.explain}`;

function rejectOrders(orders: readonly Order[], error: unknown): void {
  for (const order of orders) order.reject(error);
}

/** A worker that cannot load the version is the service's trouble, not the caller's. */
function workerError({ code, message }: { code: string; message: string }): SpindleError {
  if (code === 'model_refused' || code === 'not_found') return new SpindleError('no_model', `the worker cannot use the model: ${message}`);
  return new SpindleError(isErrorCode(code) ? code : 'internal', message);
}
