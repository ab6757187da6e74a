import { config } from 'dotenv';
import { Registry, collectDefaultMetrics } from 'prom-client';
import { BatchStore } from '../common/batch-store.ts';
import { ChunkStore } from '../common/chunk-store.ts';
import { type Configuration, readConfiguration } from '../common/configuration.ts';
import { errorText } from '../common/error-text.ts';
import { messageOf } from '../common/errors.ts';
import { HealthServer } from '../common/health-server.ts';
import { Shutdown, announceReady, untilStopped } from '../common/lifecycle.ts';
import { createLog } from '../common/log.ts';
import { JobMetrics, QueueWorker } from '../common/queue-worker.ts';
import { RedisKeys } from '../common/redis-keys.ts';
import { checkRedis, connectForJobs } from '../common/redis.ts';
import { allSettings, trainerSettings } from '../common/settings.ts';
import { TrainingStore } from '../common/training-store.ts';
import { ensureFirstModel } from './first-model.ts';
import { FullFirstModel } from './full-first-model.ts';
import { ModelNews } from './model-news.ts';
import { ModelPublisher } from './model-publisher.ts';
import { SetCurrent } from './processors/set-current.ts';
import { TrainModel } from './processors/train-model.ts';

/** How long a training survives its trainer's silence before another takes it over, in milliseconds: the fit has a thread of its own, so renewing is never late. */
const lockMs = 10_000;
/** Longer than any deadline: a fit takes minutes, so that a stopping trainer hands it back at once instead of waiting for its end. */
const handBackMs = 3_600_000;

async function main(settings: Configuration<typeof trainerSettings>): Promise<boolean> {
  const log = createLog('trainer', settings.LOG_LEVEL);
  const address = { url: settings.REDIS_URL, password: settings.REDIS_PASSWORD };
  const seed = settings.TRAINING_SEED;
  const publisher = new ModelPublisher(settings.MODELS_DIR);
  await publisher.prepare();
  const leftovers = await publisher.removeLeftovers();
  if (leftovers.length > 0) log.info({ leftovers }, 'removed what an interrupted publication left behind');
  // The first model does not wait for Redis: workers find it on the volume.
  const [redisAnswers, made] = await Promise.all([checkRedis(address, 3_000), ensureFirstModel(publisher, seed, log)]);
  if (!redisAnswers) log.warn('Redis is not reachable yet; waiting for it');

  const keys = new RedisKeys(settings.QUEUE_PREFIX);
  const redis = connectForJobs(address);
  const resultSeconds = settings.RESULTS_DAYS * 86_400;
  const metrics = new Registry();
  collectDefaultMetrics({ register: metrics });
  const news = new ModelNews({ redis, keys, batches: new BatchStore(redis, keys, resultSeconds), publisher, keep: settings.MODELS_KEEP, log });
  const trainModel = new TrainModel({ trainings: new TrainingStore(redis, keys, resultSeconds), chunks: new ChunkStore(redis), keys, publisher, news, seed, log });
  const fullModel = new FullFirstModel({ publisher, news, seed, log });
  const common = { redis, prefix: settings.QUEUE_PREFIX, log, metrics: new JobMetrics(metrics), concurrency: 1, globalConcurrency: 1, lockMs };
  const training = new QueueWorker({ ...common, queue: 'training', handBackMs, processors: { 'train-model': { process: (job, stopping) => fullModel.giveWayTo(() => trainModel.process(job, stopping)) } } });
  // Its own queue: rolling back must not wait for a training to end.
  const switching = new QueueWorker({ ...common, queue: 'switching', processors: { 'set-current': new SetCurrent({ publisher, news, log }) } });
  const current = () => publisher.reader.current().catch((error: unknown) => messageOf(error));
  const health = new HealthServer({
    host: settings.TRAINER_HEALTH_HOST,
    port: settings.TRAINER_HEALTH_PORT,
    metrics,
    readiness: async () => ({ ready: redis.status === 'ready', redis: redis.status, current: (await current()) ?? null }),
  });

  const shutdown = new Shutdown(log);
  shutdown.add('queues', (deadline) => Promise.all([switching.stop(deadline), training.stop(deadline), fullModel.stop(deadline)]));
  shutdown.add('health server', () => health.stop());
  shutdown.add('Redis', () => redis.disconnect());

  await health.start();
  await training.start();
  await switching.start();
  if (made !== undefined) void news.tell(made);
  announceReady({ health_port: health.port, version: await current() });
  log.info({ health_port: health.port, version: await current() }, 'trainer ready');
  await fullModel.start();

  log.info({ reason: await untilStopped() }, 'stopping');
  return shutdown.run(Date.now() + settings.SHUTDOWN_SECONDS * 1_000);
}

try {
  config({ quiet: true });
  const clean = await main(readConfiguration(trainerSettings, process.env, allSettings));
  process.exit(clean ? 0 : 1);
} catch (error) {
  process.stderr.write(`spindle trainer: ${errorText(error)}\n`);
  process.exit(1);
}
