import { type Job, MetricsTime, Queue, UnrecoverableError, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { Histogram, type Registry } from 'prom-client';
import { messageOf } from '../common/errors.ts';
import { type Service, byDeadline } from '../common/lifecycle.ts';
import type { Log } from '../common/log.ts';
import { queueErrorListener } from '../common/redis.ts';
import type { SetCurrent } from './processors/set-current.ts';
import type { TrainModel } from './processors/train-model.ts';

/** How long a training survives its trainer's silence before another takes it over, in milliseconds: the fit has a thread of its own, so renewing is never late. */
const lockMs = 10_000;
/** What a training needs to be handed back in order, in milliseconds before the deadline. */
const handBackMs = 2_000;
/** How long a close may take that waits for a Redis which is away, in milliseconds. */
const awayMs = 300;

/** Takes the jobs of the queue `training`, one at a time however many trainers run. */
export class TrainingWorker implements Service {
  readonly #queue: Queue;
  readonly #worker: Worker;
  readonly #redis: Redis;
  readonly #log: Log;
  readonly #stopping = new AbortController();

  constructor(parts: { redis: Redis; prefix: string; trainModel: TrainModel; setCurrent: SetCurrent; metrics: Registry; log: Log }) {
    const { redis, prefix, log } = parts;
    this.#redis = redis;
    this.#log = log;
    const duration = new Histogram({ name: 'spindle_job_duration_seconds', help: 'Time that a job took in this process', labelNames: ['job'], buckets: [0.1, 0.3, 1, 3, 10, 30, 100, 300], registers: [parts.metrics] });
    const run = (job: Job): Promise<unknown> => {
      switch (job.name) {
        case 'train-model':
          return parts.trainModel.process(job, this.#stopping.signal);
        case 'set-current':
          return parts.setCurrent.process(job);
        default:
          throw new UnrecoverableError(`this trainer does not know the job ${job.name}: is it older than the API?`);
      }
    };
    this.#queue = new Queue('training', { connection: redis, prefix });
    this.#worker = new Worker(
      'training',
      async (job) => {
        const observe = duration.startTimer({ job: job.name });
        try {
          return await run(job);
        } finally {
          observe();
        }
      },
      { connection: redis, prefix, autorun: false, concurrency: 1, lockDuration: lockMs, stalledInterval: lockMs / 2, maxStalledCount: 3, runRetryDelay: 1_000, metrics: { maxDataPoints: MetricsTime.ONE_WEEK } },
    );
    const onError = queueErrorListener(log);
    this.#queue.on('error', onError);
    this.#worker.on('error', onError);
    this.#worker.on('stalled', (job) => log.warn({ job }, 'took over a job whose trainer went silent'));
  }

  start(): Promise<void> {
    this.#redis.on('ready', this.#onReady);
    if (this.#redis.status === 'ready') this.#onReady();
    // The promise of run() lasts as long as the worker does.
    this.#worker.run().catch((error: unknown) => this.#log.error({ reason: messageOf(error) }, 'queue worker ended'));
    return Promise.resolve();
  }

  /** Takes no more jobs; a training that cannot end by the deadline goes back to the queue. Without Redis there is nobody to hand anything to. */
  async stop(deadline: number): Promise<void> {
    this.#redis.off('ready', this.#onReady);
    const connected = this.#redis.status === 'ready';
    const closed = this.#worker.close(!connected).then(() => true);
    if (!(await byDeadline(closed, connected ? deadline - handBackMs : Date.now() + awayMs))) {
      this.#stopping.abort(new Error('the trainer is stopping'));
      if (connected && !(await byDeadline(closed, deadline))) await byDeadline(this.#worker.close(true), Date.now() + awayMs);
    }
    await byDeadline(this.#queue.close(), Date.now() + awayMs);
  }

  /** Said again after each reconnect, since a Redis without its data would have forgotten it. */
  readonly #onReady = (): void => {
    this.#queue.setGlobalConcurrency(1).catch((error: unknown) => this.#log.warn({ reason: messageOf(error) }, 'cannot limit trainings to one at a time'));
  };
}
