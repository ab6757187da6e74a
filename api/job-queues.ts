import { FlowProducer, type Job, type JobsOptions, Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { type JobName, type JobPayload, type QueueName, chunkJobId, chunkPriority, finishJobId, jobs, parsePayload, queueNames } from '../common/jobs.ts';
import type { Log } from '../common/log.ts';
import { asRedisError, queueErrorListener, redisUnavailable } from '../common/redis.ts';

/** Jobs added to a flow in one go beyond which Redis would be blocked noticeably. */
const maxChildren = 2_000;

/** Puts jobs on the queues: payloads are parsed first, and no call outlasts its patience. */
export class JobQueues {
  readonly #redis: Redis;
  readonly #prefix: string;
  readonly #onError: (error: Error) => void;
  readonly #queues = new Map<QueueName, Queue>();
  #flows: FlowProducer | undefined;

  constructor(redis: Redis, prefix: string, log: Log) {
    this.#redis = redis;
    this.#prefix = prefix;
    this.#onError = queueErrorListener(log);
  }

  /** Adds one job. Throws `redis_unavailable` where that takes longer than `patience` milliseconds. */
  async add<N extends JobName>(name: N, payload: JobPayload<N>, options: JobsOptions & { jobId: string }, patience: number): Promise<Job> {
    const data = parsePayload(name, payload);
    return this.#within(patience, () => this.queue(jobs[name].queue).add(name, data, { ...jobs[name].options, ...options }));
  }

  /** Queues a batch: one job a chunk and a last step behind them. Adding the same batch again adds nothing. */
  async addBatch(batchId: string, chunks: number, patience: number): Promise<void> {
    if (chunks > maxChildren) throw new RangeError(`a batch of ${chunks} chunks; at most ${maxChildren} are queued at once`);
    const { queue, options } = jobs['finish-batch'];
    const children = Array.from({ length: chunks }, (_, chunk) => ({
      name: 'estimate-chunk',
      queueName: jobs['estimate-chunk'].queue,
      data: parsePayload('estimate-chunk', { batchId, chunk }),
      opts: { ...jobs['estimate-chunk'].options, jobId: chunkJobId(batchId, chunk), priority: chunkPriority(chunk) },
    }));
    await this.#within(patience, () => {
      return this.#flowProducer().add({
        name: 'finish-batch',
        queueName: queue,
        data: parsePayload('finish-batch', { batchId }),
        opts: { ...options, jobId: finishJobId(batchId) },
        children,
      });
    });
  }

  #flowProducer(): FlowProducer {
    if (!this.#flows) {
      this.#flows = new FlowProducer({ connection: this.#redis, prefix: this.#prefix }).on('error', this.#onError);
      this.#flows.waitUntilReady().catch(() => (this.#flows = undefined));
    }
    return this.#flows;
  }

  /** Takes a batch's waiting chunks off the queue; its last step then runs. */
  async removeWaitingChunks(batchId: string): Promise<void> {
    const job = (await this.queue('batches').getJob(finishJobId(batchId))) as Job | undefined;
    await job?.removeUnprocessedChildren();
  }

  /** Takes a job off its queue; one that is being worked on stays. */
  async remove(name: JobName, jobId: string, patience: number): Promise<void> {
    await this.#within(patience, () => this.queue(jobs[name].queue).remove(jobId));
  }

  /** A queue, for its counts and for the board. */
  queue(name: QueueName): Queue {
    let queue = this.#queues.get(name);
    if (!queue) {
      queue = new Queue(name, { connection: this.#redis, prefix: this.#prefix }).on('error', this.#onError);
      this.#queues.set(name, queue);
      // One whose first command fails, as while Redis is silent, stays broken for good: the next call makes another.
      queue.waitUntilReady().catch(() => this.#queues.delete(name));
    }
    return queue;
  }

  /** Jobs on each queue by state. Throws `redis_unavailable` where that takes longer than `patience` milliseconds. */
  async counts(patience: number): Promise<{ queue: QueueName; states: Record<string, number> }[]> {
    return this.#within(patience, () => Promise.all(queueNames.map(async (queue) => ({ queue, states: await this.queue(queue).getJobCounts() }))));
  }

  /** All queues. */
  get all(): Queue[] {
    return queueNames.map((name) => this.queue(name));
  }

  async close(): Promise<void> {
    await Promise.allSettled([...this.#queues.values(), ...(this.#flows ? [this.#flows] : [])].map((queue) => queue.close()));
  }

  /** BullMQ waits without end for a Redis that was never there, so each call is given a limit of its own. */
  async #within<T>(patience: number, call: () => Promise<T>): Promise<T> {
    if (this.#redis.status !== 'ready') throw redisUnavailable();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(redisUnavailable()), patience);
    });
    try {
      return await Promise.race([call(), late]);
    } catch (error) {
      throw asRedisError(error);
    } finally {
      clearTimeout(timer);
    }
  }
}
