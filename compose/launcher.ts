import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Configuration } from '../common/configuration.ts';
import { byDeadline } from '../common/lifecycle.ts';
import type { apiSettings, launchSettings, trainerSettings, workerSettings } from '../common/settings.ts';
import { LogFile } from './log-file.ts';
import { nodeProcess } from './node-process.ts';
import { PrivateRedis } from './private-redis.ts';
import { type Program, SupervisedProcess } from './supervised-process.ts';

export type LaunchConfiguration = Configuration<typeof apiSettings & typeof workerSettings & typeof trainerSettings & typeof launchSettings>;

export interface LaunchOptions {
  workers: number;
  configuration: LaunchConfiguration;
  /** What the processes get as their environment. */
  environment: NodeJS.ProcessEnv;
  /** Path of a Redis server to start, or undefined where the environment names one that runs. */
  redisBinary: string | undefined;
  /** Shows a line to whoever started it. */
  say: (line: string) => void;
}

/** After `SHUTDOWN_SECONDS` there are this many more to end who did not listen, and Redis. */
const endingSeconds = 2;
/** By which share of the time to stop each kind of process is left to end by itself. */
const stopBy = { api: 0.35, workers: 0.7, trainer: 0.85, redis: 0.97 };

/** Runs Spindle's processes on this machine: Redis where needed, the trainer, workers and the API. */
export class Launcher {
  readonly #options: LaunchOptions;
  #privateRedis: PrivateRedis | undefined;
  #redis: SupervisedProcess | undefined;
  #trainer: SupervisedProcess[] = [];
  #workers: SupervisedProcess[] = [];
  #api: SupervisedProcess[] = [];
  #isStopping = false;
  #hadToKill = false;

  constructor(options: LaunchOptions) {
    this.#options = options;
  }

  /** Resolves when all are ready, or stop() was called meanwhile. Throws StartFailure where one cannot start. */
  async start(): Promise<void> {
    const { configuration, redisBinary, say, workers } = this.#options;
    let environment = { ...this.#options.environment };
    if (redisBinary) {
      this.#privateRedis = await PrivateRedis.prepare(redisBinary, configuration.DATA_DIR, this.#log('redis'));
      if (this.#isStopping) return;
      this.#redis = new SupervisedProcess(this.#privateRedis.program, say);
      await this.#redis.start();
      const { url, password } = this.#privateRedis.address;
      environment = { ...environment, REDIS_URL: url, REDIS_PASSWORD: password };
    }
    if (this.#isStopping) return;
    const programs = (name: 'api' | 'worker' | 'trainer', count = 1): SupervisedProcess[] =>
      Array.from({ length: count }, (_, index) => new SupervisedProcess(this.#program(name, count === 1 ? name : `${name}-${index + 1}`, index, environment), say));
    this.#trainer = programs('trainer');
    this.#workers = programs('worker', workers);
    this.#api = programs('api');
    // The API and workers wait by themselves for the first model.
    await Promise.all([...this.#trainer, ...this.#workers, ...this.#api].map((one) => one.start()));
  }

  /** Ends all in order, the API first and Redis last; whoever does not end in time is killed. False where that was needed. */
  async stop(): Promise<boolean> {
    this.#isStopping = true;
    const begin = Date.now();
    const deadline = (share: number): number => begin + share * this.#secondsToStop * 1_000;
    const inOrder: [SupervisedProcess[], number][] = [
      [this.#api, stopBy.api],
      [this.#workers, stopBy.workers],
      [this.#trainer, stopBy.trainer],
      [this.#redis ? [this.#redis] : [], stopBy.redis],
    ];
    const late = new Set<SupervisedProcess>();
    for (const [processes, share] of inOrder) {
      // Who uses Redis must be gone before it goes.
      if (share === stopBy.redis) this.#kill(late);
      for (const one of processes) late.add(one);
      const stopped = processes.map((one) => one.stop().then(() => late.delete(one)));
      await byDeadline(Promise.allSettled(stopped), deadline(share));
    }
    this.#kill(late);
    await Promise.allSettled([...late].map((one) => one.stop()));
    this.#privateRedis?.forget();
    return !this.#hadToKill;
  }

  /** Ends all at once. */
  kill(): void {
    this.#isStopping = true;
    this.#hadToKill = true;
    for (const one of [...this.#api, ...this.#workers, ...this.#trainer, ...(this.#redis ? [this.#redis] : [])]) one.kill();
  }

  get #secondsToStop(): number {
    return this.#options.configuration.SHUTDOWN_SECONDS + endingSeconds;
  }

  #kill(processes: Iterable<SupervisedProcess>): void {
    for (const one of processes) {
      this.#hadToKill = true;
      this.#options.say(`${one.name} did not end in time and is killed`);
      one.kill();
    }
  }

  #program(folder: 'api' | 'worker' | 'trainer', name: string, index: number, environment: NodeJS.ProcessEnv): Program {
    const { WORKER_HEALTH_PORT } = this.#options.configuration;
    // They stop one after the other: each must be done within its own share of the time.
    const share = folder === 'trainer' ? stopBy.trainer - stopBy.workers : stopBy.api;
    const own: NodeJS.ProcessEnv = { SHUTDOWN_SECONDS: String(Math.max(1, Math.floor(this.#secondsToStop * share))) };
    // Several workers cannot share one port.
    if (folder === 'worker' && WORKER_HEALTH_PORT !== 0) own['WORKER_HEALTH_PORT'] = String(WORKER_HEALTH_PORT + index);
    const script = fileURLToPath(new URL(`../${folder}/main.js`, import.meta.url));
    return nodeProcess({ name, script, environment: { ...environment, ...own }, log: this.#log(name) });
  }

  #log(name: string): LogFile {
    return new LogFile(join(this.#options.configuration.DATA_DIR, 'logs', `${name}.log`));
  }
}
