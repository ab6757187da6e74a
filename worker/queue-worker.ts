import { type Job, MetricsTime, UnrecoverableError, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { Counter, Histogram, type Registry } from 'prom-client';
import { SpindleError, messageOf } from '../common/errors.ts';
import { type JobName, type QueueName, jobs } from '../common/jobs.ts';
import { type Service, byDeadline } from '../common/lifecycle.ts';
import type { Log } from '../common/log.ts';
import { queueErrorListener } from '../common/redis.ts';

/** Runs one job and returns its small result. */
export interface Processor {
  process(job: Job): Promise<unknown>;
}

/** How one queue's jobs are run by this process. */
export interface QueueWorkerOptions {
  queue: QueueName;
  processors: Partial<Record<JobName, Processor>>;
  concurrency: number;
  /** How long a job survives its worker's silence before another takes it over, in milliseconds. */
  lockMs: number;
  /** Makes every estimate job wait that long, in milliseconds. */
  simulatedCostMs: number;
  redis: Redis;
  prefix: string;
  log: Log;
  metrics: JobMetrics;
}

/** Duration and outcome of jobs, for Prometheus. */
export class JobMetrics {
  readonly duration: Histogram<'job'>;
  readonly failures: Counter<'job'>;

  constructor(registry: Registry) {
    this.duration = new Histogram({ name: 'spindle_job_duration_seconds', help: 'Time that a job took in this process', labelNames: ['job'], buckets: [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10], registers: [registry] });
    this.failures = new Counter({ name: 'spindle_job_failures_total', help: 'Jobs that failed in this process, each attempt counted', labelNames: ['job'], registers: [registry] });
  }
}

/** Takes the jobs of one queue and hands each to its processor. */
export class QueueWorker implements Service {
  readonly #options: QueueWorkerOptions;
  readonly #worker: Worker;

  constructor(options: QueueWorkerOptions) {
    this.#options = options;
    this.#worker = new Worker(options.queue, (job) => this.#run(job), {
      connection: options.redis,
      prefix: options.prefix,
      autorun: false,
      concurrency: options.concurrency,
      lockDuration: options.lockMs,
      stalledInterval: Math.round(options.lockMs / 3),
      // Stalls do not count as attempts; a job that takes its worker down is given up after three.
      maxStalledCount: 3,
      runRetryDelay: 500,
      metrics: { maxDataPoints: MetricsTime.ONE_WEEK },
    });
    this.#worker.on('error', queueErrorListener(options.log.child({ queue: options.queue })));
    this.#worker.on('stalled', (job) => options.log.warn({ queue: options.queue, job }, 'took over a job whose worker went silent'));
    this.#worker.on('failed', (job, error) => options.log.warn({ queue: options.queue, job: job?.id, attempt: job?.attemptsMade, reason: messageOf(error) }, 'job failed'));
  }

  start(): Promise<void> {
    // The promise of run() lasts as long as the worker does.
    this.#worker.run().catch((error: unknown) => this.#options.log.error({ queue: this.#options.queue, reason: messageOf(error) }, 'queue worker ended'));
    return Promise.resolve();
  }

  /** Takes no more jobs and finishes those it has; what is not done by the deadline goes back to the queue when its lock ends. */
  async stop(deadline: number): Promise<void> {
    // Without Redis no job can be finished, and waiting for the ones at hand would use up the time for nothing.
    const hasRedis = this.#options.redis.status === 'ready';
    await byDeadline(this.#worker.close(!hasRedis), deadline);
  }

  async #run(job: Job): Promise<unknown> {
    const { processors, simulatedCostMs, metrics } = this.#options;
    const processor = Object.hasOwn(jobs, job.name) ? processors[job.name as JobName] : undefined;
    if (!processor) throw new UnrecoverableError(`this worker does not know the job ${job.name}: is it older than the API?`);
    const observe = metrics.duration.startTimer({ job: job.name });
    try {
      if (simulatedCostMs > 0 && job.name.startsWith('estimate-')) await new Promise((resolve) => setTimeout(resolve, simulatedCostMs));
      return await processor.process(job);
    } catch (error) {
      metrics.failures.inc({ job: job.name });
      // What is wrong with the input stays wrong.
      if (error instanceof SpindleError && !error.retryable && error.code !== 'model_refused') throw new UnrecoverableError(error.message);
      throw error;
    } finally {
      observe();
    }
  }
}
