import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { config } from 'dotenv';
import { readArguments } from '../common/command-line.ts';
import { readConfiguration } from '../common/configuration.ts';
import { messageOf } from '../common/errors.ts';
import { checkRedis, place } from '../common/redis.ts';
import { allSettings, apiSettings, launchSettings, trainerSettings, workerSettings } from '../common/settings.ts';
import { examplePrediction, untilAnswering } from './first-answer.ts';
import { type LaunchConfiguration, Launcher } from './launcher.ts';
import { freePort, whyPortUnavailable } from './ports.ts';
import { findRedisServer, howToGetRedis } from './redis-server.ts';
import { RunLock } from './run-lock.ts';

const usage = 'usage: npm start -- [--workers N]     N from 1 to 64, 1 where it is not given';

/** Ctrl-C reaches the launcher twice under npm, from the terminal and from npm: within this time, in milliseconds, it counts once. */
const sameSignal = 500;
/** After this long without a first model it says where to look, in milliseconds. */
const patience = 20_000;

/** `npm start`: Redis where needed, trainer, workers and API on this machine until Ctrl-C. Returns the exit code. */
async function main(argv: string[], environment: NodeJS.ProcessEnv): Promise<number> {
  const workers = workersFrom(argv);
  config({ quiet: true, processEnv: environment });
  const settings = { ...apiSettings, ...workerSettings, ...trainerSettings, ...launchSettings };
  const given = readConfiguration(settings, environment, allSettings);
  const redisBinary = environment['REDIS_URL'] ? undefined : findRedisServer(environment['PATH']);
  if (!environment['REDIS_URL'] && !redisBinary) throw new Error(howToGetRedis);

  mkdirSync(given.DATA_DIR, { recursive: true });
  const configuration: LaunchConfiguration = { ...given, PORT: given.PORT || (await freePort()) };
  const url = `http://${shownHost(given.HOST)}:${configuration.PORT}`;
  const lock = await RunLock.take(given.DATA_DIR, `process ${process.pid}, ${url}`);
  if (typeof lock === 'string') {
    throw new Error(`Spindle runs already in this folder (${lock}): end that one first, or start this one with another DATA_DIR, MODELS_DIR and PORT`);
  }
  try {
    // The API of a launcher that was killed lets go of the port within its shutdown time.
    const portProblem = await whyPortUnavailable(given.HOST, configuration.PORT, lock.wasAbandoned ? given.SHUTDOWN_SECONDS * 1_000 : 0);
    if (portProblem) throw new Error(portProblem);
    await checkGivenRedis(environment['REDIS_URL'], configuration);
    return await runUntilStopped(new Launcher({ workers, configuration, redisBinary, say, environment: { ...environment, PORT: String(configuration.PORT) } }), configuration, url);
  } finally {
    await lock.release();
  }
}

async function runUntilStopped(launcher: Launcher, { DATA_DIR }: LaunchConfiguration, url: string): Promise<number> {
  const stopping = new AbortController();
  const stopped = new Promise<void>((resolve) => stopping.signal.addEventListener('abort', () => resolve()));
  let firstSignal = 0;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      if (!stopping.signal.aborted) {
        firstSignal = Date.now();
        say('stopping');
        stopping.abort();
      } else if (Date.now() - firstSignal > sameSignal) launcher.kill();
    });
  }
  let failed = false;
  const run = async (): Promise<void> => {
    await launcher.start();
    if (!stopping.signal.aborted) await sayWhereItAnswers(url, DATA_DIR, stopping.signal);
    await stopped;
  };
  try {
    await Promise.race([run(), stopped]);
  } catch (error) {
    failed = true;
    complain(error);
  }
  const clean = await launcher.stop();
  if (!failed) say('stopped');
  return failed || !clean ? 1 : 0;
}

async function sayWhereItAnswers(url: string, dataDirectory: string, signal: AbortSignal): Promise<void> {
  const slow = setTimeout(() => say(`still waiting for the first model; the trainer's log is ${join(dataDirectory, 'logs', 'trainer.log')}`), patience);
  try {
    await untilAnswering(url, signal);
    const example = await examplePrediction(url, signal);
    say(`\nSpindle answers at ${url}${example ? `\n  curl '${url}${example}'` : ''}\nCtrl-C stops it; the logs are in ${join(dataDirectory, 'logs')}`);
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    clearTimeout(slow);
  }
}

/** Says early what is wrong with a Redis that is not ours. */
async function checkGivenRedis(url: string | undefined, configuration: LaunchConfiguration): Promise<void> {
  if (!url) return;
  const address = { url, password: configuration.REDIS_PASSWORD };
  if (!(await checkRedis(address, 3_000))) say(`Redis at ${place(address)} does not answer yet; waiting for it`);
}

function workersFrom(argv: string[]): number {
  const { workers: text } = readArguments(argv, { workers: { type: 'string' } }, usage);
  const workers = Number(text ?? 1);
  if (!/^\d*$/.test(text ?? '') || workers < 1 || workers > 64) throw new Error(`expected --workers to be a whole number from 1 to 64, got "${text}"\n${usage}`);
  return workers;
}

const shownHost = (host: string): string => (['127.0.0.1', '0.0.0.0', '::', '::1'].includes(host) ? 'localhost' : host.includes(':') ? `[${host}]` : host);

const say = (line: string): void => void process.stdout.write(`${line}\n`);

const complain = (error: unknown): void => void process.stderr.write(`spindle: ${messageOf(error).replace(/^spindle( \w+)?: /, '')}\n`);

// Whoever read the lines may be gone; the processes run on until they are told otherwise.
process.stdout.on('error', () => {});
process.stderr.on('error', () => {});
try {
  process.exit(await main(process.argv.slice(2), { ...process.env }));
} catch (error) {
  complain(error);
  process.exit(1);
}
