import { type Job, MetricsTime, Queue, UnrecoverableError, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { Counter, Histogram, type Registry } from 'prom-client';
import { SpindleError, messageOf } from './errors.ts';
import { type JobName, type QueueName, jobs } from './jobs.ts';
import { type Service, byDeadline } from './lifecycle.ts';
import type { Log } from './log.ts';
import { queueErrorListener } from './redis.ts';

/** Runs one job and returns its small result. Where `stopping` is signalled, it may hand the job back. */
export interface Processor {
  process(job: Job, stopping: AbortSignal): Promise<unknown>;
}

/** How one queue's jobs are run by this process. */
export interface QueueWorkerOptions {
  queue: QueueName;
  processors: Partial<Record<JobName, Processor>>;
  /** Jobs that this process runs at a time. */
  concurrency: number;
  /** Jobs that all processes together run at a time, where that is limited. */
  globalConcurrency?: number;
  /** How long a job survives its worker's silence before another takes it over, in milliseconds. */
  lockMs: number;
  /** What a processor needs to hand its job back in order, in milliseconds before the deadline; 0 for those that just finish. */
  handBackMs?: number;
  redis: Redis;
  prefix: string;
  log: Log;
  metrics: JobMetrics;
}

/** How long a close may take that waits for a Redis which is away, in milliseconds. */
const awayMs = 300;

/** Duration and outcome of jobs, for Prometheus. */
export class JobMetrics {
  readonly duration: Histogram<'job'>;
  readonly failures: Counter<'job'>;

  constructor(registry: Registry) {
    this.duration = new Histogram({ name: 'spindle_job_duration_seconds', help: 'Time that a job took in this process', labelNames: ['job'], buckets: [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 300], registers: [registry] });
    this.failures = new Counter({ name: 'spindle_job_failures_total', help: 'Jobs that failed in this process, each attempt counted', labelNames: ['job'], registers: [registry] });
  }
}

/** Takes the jobs of one queue and hands each to its processor. */
export class QueueWorker implements Service {
  readonly #options: QueueWorkerOptions;
  readonly #worker: Worker;
  readonly #queue: Queue | undefined;
  readonly #stopping = new AbortController();

  constructor(options: QueueWorkerOptions) {
    const { redis, prefix } = options;
    const log = options.log.child({ queue: options.queue });
    this.#options = { ...options, log };
    this.#worker = new Worker(options.queue, (job) => this.#run(job), {
      connection: redis,
      prefix,
      autorun: false,
      concurrency: options.concurrency,
      lockDuration: options.lockMs,
      stalledInterval: Math.round(options.lockMs / 3),
      // Stalls do not count as attempts; a job that takes its worker down is given up after three.
      maxStalledCount: 3,
      runRetryDelay: 500,
      metrics: { maxDataPoints: MetricsTime.ONE_WEEK },
    });
    this.#worker.on('error', queueErrorListener(log));
    this.#worker.on('stalled', (job) => log.warn({ job }, 'took over a job whose worker went silent'));
    this.#worker.on('failed', (job, error) => log.warn({ job: job?.id, attempt: job?.attemptsMade, reason: messageOf(error) }, 'job failed'));
    if (options.globalConcurrency !== undefined) this.#queue = new Queue(options.queue, { connection: redis, prefix }).on('error', queueErrorListener(log));
  }

  start(): Promise<void> {
    const { redis, log } = this.#options;
    redis.on('ready', this.#onReady);
    if (redis.status === 'ready') this.#onReady();
    // The promise of run() lasts as long as the worker does.
    this.#worker.run().catch((error: unknown) => log.error({ reason: messageOf(error) }, 'queue worker ended'));
    return Promise.resolve();
  }

  /** Takes no more jobs and finishes those it has; what is not done by the deadline goes back to the queue. */
  async stop(deadline: number): Promise<void> {
    const { redis, handBackMs = 0 } = this.#options;
    redis.off('ready', this.#onReady);
    // Without Redis no job can be finished, and waiting for the ones at hand would use up the time for nothing.
    const connected = redis.status === 'ready';
    const closed = this.#worker.close(!connected).then(() => true);
    if (!(await byDeadline(closed, connected ? deadline - handBackMs : Date.now() + awayMs))) {
      this.#stopping.abort(new Error('the process is stopping'));
      // What does not hand itself back is taken over when its lock ends.
      if (connected && !(await byDeadline(closed, deadline))) await byDeadline(this.#worker.close(true), Date.now() + awayMs);
    }
    if (this.#queue) await byDeadline(this.#queue.close(), Date.now() + awayMs);
  }

  /** Said again after each reconnect, since a Redis without its data would have forgotten it. */
  readonly #onReady = (): void => {
    const { globalConcurrency, log } = this.#options;
    if (globalConcurrency === undefined) return;
    this.#queue?.setGlobalConcurrency(globalConcurrency).catch((error: unknown) => log.warn({ reason: messageOf(error) }, 'cannot limit how many jobs run at a time'));
  };

  async #run(job: Job): Promise<unknown> {
    const { processors, metrics } = this.#options;
    const processor = Object.hasOwn(jobs, job.name) ? processors[job.name as JobName] : undefined;
    if (!processor) throw new UnrecoverableError(`this worker does not know the job ${job.name}: is it older than the API?`);
    const observe = metrics.duration.startTimer({ job: job.name });
    try {
      return await processor.process(job, this.#stopping.signal);
    } catch (error) {
      metrics.failures.inc({ job: job.name });
      // What is wrong with the input stays wrong; a model that is refused may have been repaired by the next attempt.
      if (error instanceof SpindleError && !error.retryable && error.code !== 'model_refused') throw new UnrecoverableError(error.message);
      throw error;
    } finally {
      observe();
    }
  }
}
