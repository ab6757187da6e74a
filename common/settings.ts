import { type Setting, type Settings, oneOf, optionalText, someText, timeZone, wholeNumber } from './configuration.ts';

const setting = <T>(definition: Setting<T>): Setting<T> => definition;

/** Settings that every process reads. */
export const sharedSettings = {
  REDIS_URL: setting({ doc: 'Address of Redis or Valkey, such as redis://127.0.0.1:6379.', default: 'redis://127.0.0.1:6379', schema: someText }),
  REDIS_PASSWORD: setting({ doc: 'Password of Redis, where it has one and REDIS_URL does not name it.', default: undefined, schema: optionalText }),
  QUEUE_PREFIX: setting({ doc: 'Prefix of every key in Redis; two Spindles may share one Redis under two prefixes.', default: 'spindle', schema: someText }),
  MODELS_DIR: setting({ doc: 'Folder of the model versions; the trainer writes it, all others read it.', default: 'models', schema: someText }),
  LOG_LEVEL: setting({ doc: 'How much to log.', default: 'info', schema: oneOf(['trace', 'debug', 'info', 'warn', 'error', 'fatal']) }),
  SHUTDOWN_SECONDS: setting({ doc: 'How long a stopping process may finish its work; keep it below the container grace period.', unit: 's', default: '8', schema: wholeNumber(1, 600) }),
  RESULTS_DAYS: setting({ doc: 'How long batches, their results and trainings are kept.', unit: 'days', default: '7', schema: wholeNumber(1, 365) }),
  MODEL_POLL_MS: setting({ doc: 'How often to look for a new current model, besides being told.', unit: 'ms', default: '1000', schema: wholeNumber(50, 60_000) }),
} satisfies Settings;

export const apiSettings = {
  ...sharedSettings,
  HOST: setting({ doc: 'Address to listen on; 0.0.0.0 for all.', default: '127.0.0.1', schema: someText }),
  PORT: setting({ doc: 'TCP port of the page and the API.', default: '4000', schema: wholeNumber(0, 65_535) }),
  ESTIMATE_DEADLINE_MS: setting({ doc: 'How long a caller waits for an estimate before a 504.', unit: 'ms', default: '5000', schema: wholeNumber(10, 120_000) }),
  BATCH_MAX_ROWS: setting({ doc: 'Rows that one uploaded file may have.', unit: 'rows', default: '1000000', schema: wholeNumber(1, 2_000_000) }),
  BATCH_MAX_MB: setting({ doc: 'Size that one uploaded file may have.', unit: 'MB', default: '200', schema: wholeNumber(1, 10_000) }),
  TRAINING_MAX_ROWS: setting({ doc: 'Rows that one training file may have.', unit: 'rows', default: '200000', schema: wholeNumber(20, 1_000_000) }),
  VOCABULARY_FILE: setting({ doc: 'JSON file with the words of the shop\'s files: names of columns, ways to write a category\'s levels, words of total rows.', default: undefined, schema: optionalText }),
  TIME_ZONE: setting({ doc: 'Time zone of times in planners\' files where there is no shop yet, such as Europe/Berlin.', default: 'UTC', schema: timeZone }),
  ADMIN_PASSWORD: setting({ doc: 'Password of user admin for /admin/queues; the board is off without one.', default: undefined, schema: optionalText }),
} satisfies Settings;

export const workerSettings = {
  ...sharedSettings,
  WORKER_HEALTH_PORT: setting({ doc: 'TCP port of the worker\'s health and metrics; 0 for any free one.', default: '0', schema: wholeNumber(0, 65_535) }),
  WORKER_HEALTH_HOST: setting({ doc: 'Address of the worker\'s health port.', default: '127.0.0.1', schema: someText }),
  WORKER_CONCURRENCY: setting({ doc: 'Interactive estimate jobs that one worker runs at a time.', default: '4', schema: wholeNumber(1, 64) }),
  WORKER_SIMULATED_COST_MS: setting({ doc: 'Makes every estimate job wait that long, to see what more workers do.', unit: 'ms', default: '0', schema: wholeNumber(0, 60_000) }),
  CACHE_HOURS: setting({ doc: 'How long an answered part stays in the cache.', unit: 'hours', default: '24', schema: wholeNumber(1, 8_760) }),
  CACHE_MAX_ENTRIES: setting({ doc: 'Answered parts that the cache keeps for one model version.', unit: 'parts', default: '200000', schema: wholeNumber(0, 50_000_000) }),
} satisfies Settings;

export const trainerSettings = {
  ...sharedSettings,
  TRAINER_HEALTH_PORT: setting({ doc: 'TCP port of the trainer\'s health and metrics; 0 for any free one.', default: '0', schema: wholeNumber(0, 65_535) }),
  TRAINER_HEALTH_HOST: setting({ doc: 'Address of the trainer\'s health port.', default: '127.0.0.1', schema: someText }),
  TRAINING_SEED: setting({ doc: 'Seed of everything random in training: same data and seed, same model.', default: '1', schema: wholeNumber(0, 2_147_483_647) }),
  MODELS_KEEP: setting({ doc: 'Model versions to keep; the current one and those that batches use stay in any case.', unit: 'versions', default: '20', schema: wholeNumber(1, 10_000) }),
} satisfies Settings;

/** Settings that only `npm start` and Compose read. */
export const launchSettings = {
  DATA_DIR: setting({ doc: 'Folder for the private Redis\'s data and the logs of npm start.', default: 'data', schema: someText }),
} satisfies Settings;

/** Every setting of every process: what a name in the environment is checked against. */
export const allSettings: Settings = { ...apiSettings, ...workerSettings, ...trainerSettings, ...launchSettings };
