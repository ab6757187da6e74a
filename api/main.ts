import { randomBytes } from 'node:crypto';
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { config } from 'dotenv';
import { Registry, collectDefaultMetrics } from 'prom-client';
import { BatchStore } from '../common/batch-store.ts';
import { ChunkStore } from '../common/chunk-store.ts';
import { type Configuration, readConfiguration } from '../common/configuration.ts';
import { SpindleError, messageOf } from '../common/errors.ts';
import { knownVocabulary, readVocabulary } from '../common/files/import/vocabulary.ts';
import { EstimateCache } from '../common/estimate-cache.ts';
import { collectSoon } from '../common/heap-growth.ts';
import { Shutdown, announceReady, byDeadline, untilStopped } from '../common/lifecycle.ts';
import { createLog } from '../common/log.ts';
import { ModelReader } from '../common/model/model-reader.ts';
import { RedisKeys } from '../common/redis-keys.ts';
import { ScheduleStore } from '../common/schedule-store.ts';
import { checkRedis, connectForMessages, connectForRequests, untilConnected } from '../common/redis.ts';
import { allSettings, apiSettings } from '../common/settings.ts';
import { ShopStore } from '../common/shop-store.ts';
import { TrainingStore } from '../common/training-store.ts';
import { WorkerRegistry } from '../common/worker-registry.ts';
import { application } from './application.ts';
import { BatchResults } from './batch-results.ts';
import { answerBrokenRequests } from './broken-requests.ts';
import { Estimation } from './estimation/estimation.ts';
import { ReplyInbox } from './estimation/reply-inbox.ts';
import { JobQueues } from './job-queues.ts';
import { KeptSchedules } from './kept-schedules.ts';
import { ModelCatalog } from './models/model-catalog.ts';
import { ServingModels } from './models/serving-models.ts';
import { batchEventRoutes } from './routes/batch-events.ts';
import { batchResultRoutes } from './routes/batch-results.ts';
import { batchRoutes } from './routes/batches.ts';
import { docsRoutes } from './routes/docs.ts';
import { estimateRoutes } from './routes/estimates.ts';
import { healthRoutes } from './routes/health.ts';
import { modelRoutes } from './routes/models.ts';
import { predictRoutes } from './routes/predict.ts';
import { queueBoardRoutes } from './routes/queue-board.ts';
import { scheduleEventRoutes } from './routes/schedule-events.ts';
import { scheduleFileRoutes } from './routes/schedule-files.ts';
import { scheduleRoutes } from './routes/schedules.ts';
import { shopRoutes } from './routes/shop.ts';
import { templateRoutes } from './routes/templates.ts';
import { trainingEventRoutes } from './routes/training-events.ts';
import { trainingRoutes } from './routes/trainings.ts';
import { DocumentDesk } from './schedule-documents/document-desk.ts';
import { ScheduleIntake } from './schedule-intake.ts';
import { BatchIntake } from './upload/batch-intake.ts';
import { Idempotency } from './upload/idempotency.ts';
import { TrainingIntake } from './upload/training-intake.ts';
import { UploadsUnderWay } from './upload/uploads-under-way.ts';

/** A silent Redis is given up on after this many milliseconds: interactive callers get their 503 within a second, uploads may take longer. */
const patience = { interactive: 800, uploads: 10_000 };

/** How long one request may take to arrive, in milliseconds: Node's own five minutes are short for a large file on a slow line. */
const uploadPatience = 3_600_000;

/** What uploads that are cut off need to remove their pieces, in milliseconds before the deadline. */
const tidyMs = 500;

async function main(settings: Configuration<typeof apiSettings>): Promise<boolean> {
  const log = createLog('api', settings.LOG_LEVEL);
  const vocabulary = settings.VOCABULARY_FILE === undefined ? knownVocabulary : await readVocabulary(settings.VOCABULARY_FILE);
  const address = { url: settings.REDIS_URL, password: settings.REDIS_PASSWORD };
  const reachable = await checkRedis(address, 3_000);
  if (!reachable) log.warn('Redis is not reachable yet; answering 503 until it is');

  const apiId = randomBytes(4).toString('hex');
  const keys = new RedisKeys(settings.QUEUE_PREFIX);
  const redis = connectForRequests(address, patience.interactive);
  // The cache has a connection of its own: a lookup never waits behind a job being queued.
  const lookups = connectForRequests(address, patience.interactive);
  const bulk = connectForRequests(address, patience.uploads);
  const messages = connectForMessages(address);
  const metrics = new Registry();
  collectDefaultMetrics({ register: metrics });

  const reader = new ModelReader(settings.MODELS_DIR);
  const models = new ServingModels({ reader, registry: new WorkerRegistry(redis, keys), messages, keys, log, pollMs: settings.MODEL_POLL_MS });
  const catalog = new ModelCatalog(reader, models);
  const queues = new JobQueues(redis, settings.QUEUE_PREFIX, log);
  const bulkQueues = new JobQueues(bulk, settings.QUEUE_PREFIX, log);
  const inbox = new ReplyInbox(messages, keys.replies(apiId), log);
  const estimation = new Estimation({ redis, cache: new EstimateCache(lookups, keys), queues, inbox, deadlineMs: settings.ESTIMATE_DEADLINE_MS, metrics });

  const resultSeconds = settings.RESULTS_DAYS * 86_400;
  const batches = new BatchStore(redis, keys, resultSeconds);
  const trainings = new TrainingStore(redis, keys, resultSeconds);
  const chunks = new ChunkStore(bulk);
  const schedules = new ScheduleStore(bulk, keys, resultSeconds);
  const shops = new ShopStore(redis, keys, resultSeconds);
  const kept = new KeptSchedules({ schedules, shops, chunks, keys });
  const intake = new BatchIntake({ batches: new BatchStore(bulk, keys, resultSeconds), chunks, queues: bulkQueues, keys, maxRows: settings.BATCH_MAX_ROWS, vocabulary, zone: settings.TIME_ZONE });
  const trainingIntake = new TrainingIntake({ trainings: new TrainingStore(bulk, keys, resultSeconds), chunks, queues: bulkQueues, keys, maxRows: settings.TRAINING_MAX_ROWS });
  const maxBytes = settings.BATCH_MAX_MB * 1_000_000;

  const uploads = new UploadsUnderWay();
  const stopping = new AbortController();
  const app = application(
    [
      predictRoutes(models, estimation),
      estimateRoutes(models, estimation),
      batchRoutes({ batches, chunks, intake, uploads, idempotency: new Idempotency(redis, keys, resultSeconds), queues: bulkQueues, models, shops, keys, maxBytes, log }),
      batchEventRoutes(batches, stopping.signal),
      batchResultRoutes(batches, new BatchResults(batches, chunks, keys)),
      templateRoutes(models),
      modelRoutes({ catalog, models, queues, log }),
      trainingRoutes({ redis, trainings, intake: trainingIntake, uploads, queues, maxBytes, log }),
      trainingEventRoutes(trainings, stopping.signal),
      shopRoutes({ shops, log }),
      scheduleFileRoutes(kept, new DocumentDesk()),
      scheduleEventRoutes(kept, stopping.signal),
      scheduleRoutes({ schedules, batches, intake: new ScheduleIntake({ schedules, shops, batches, queues: bulkQueues }), kept, queues: bulkQueues, log }),
      healthRoutes({ redis, models, catalog, queues, metrics }),
      queueBoardRoutes(queues, redis, settings.ADMIN_PASSWORD),
      docsRoutes(models),
    ],
    apiId,
    log,
    metrics,
  );
  const server = createServer({ requestTimeout: uploadPatience }, app);
  answerBrokenRequests(server);

  const shutdown = new Shutdown(log);
  shutdown.add('event streams', () => stopping.abort());
  shutdown.add('HTTP', (deadline) => closeServer(server, deadline - tidyMs));
  shutdown.add('uploads', () => uploads.settle());
  shutdown.add('models', () => models.stop());
  shutdown.add('inbox', () => inbox.stop());
  shutdown.add('queues', () => Promise.all([queues.close(), bulkQueues.close()]));
  shutdown.add('Redis', () => [redis, lookups, bulk, messages].forEach((connection) => connection.disconnect()));

  if (reachable) await untilConnected([redis, lookups, bulk, messages], 2_000);
  await inbox.start();
  await models.start();
  await listen(server, settings.HOST, settings.PORT);
  const { port } = server.address() as AddressInfo;
  announceReady({ port, host: settings.HOST });
  log.info({ port, host: settings.HOST, version: models.version }, 'API ready');

  log.info({ reason: await untilStopped() }, 'stopping');
  return shutdown.run(Date.now() + settings.SHUTDOWN_SECONDS * 1_000);
}

async function listen(server: Server, host: string, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const reason = error.code === 'EADDRINUSE' ? 'is taken: stop what uses it, or set PORT to another' : `cannot be used: ${error.message}`;
      reject(new SpindleError('invalid_configuration', `port ${port} on ${host} ${reason}`, { cause: error }));
    });
    server.listen(port, host, resolve);
  });
}

/** Takes no more connections, lets running answers end until the deadline, then cuts them. */
async function closeServer(server: Server, deadline: number): Promise<void> {
  const closed = new Promise<true>((resolve) => server.close(() => resolve(true)));
  server.closeIdleConnections();
  // Connections that were kept alive become idle only as their last answer ends.
  const sweep = setInterval(() => server.closeIdleConnections(), 100);
  const inTime = await byDeadline(closed, deadline);
  clearInterval(sweep);
  if (!inTime) server.closeAllConnections();
}

try {
  config({ quiet: true });
  collectSoon();
  const clean = await main(readConfiguration(apiSettings, process.env, allSettings));
  process.exit(clean ? 0 : 1);
} catch (error) {
  process.stderr.write(`spindle api: ${messageOf(error)}\n`);
  process.exit(1);
}
