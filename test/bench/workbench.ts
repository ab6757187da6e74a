import { join } from 'node:path';
import { demonstrationSource } from '../../trainer/training-source.ts';
import { ModelPublisher } from '../../trainer/model-publisher.ts';
import { trainAndPublish } from '../../trainer/train-and-publish.ts';
import { trainModel } from '../../trainer/train-model.ts';
import { temporaryDirectory } from '../support/leftovers.ts';
import { PrivateRedis } from '../support/private-redis.ts';
import { BenchProcess } from './bench-process.ts';
import type { CompiledProcesses } from './compiled-processes.ts';
import type { Effort } from './effort.ts';
import { LoadGenerator } from './load-generator.ts';
import { type SpindleOptions, Spindle } from './spindle.ts';

/** What all rows share: one Redis as the product ships it, the demonstration model, a load generator. */
export class Workbench {
  readonly effort: Effort;
  readonly redis: PrivateRedis;
  readonly generator: LoadGenerator;
  /** For files that rows make. */
  readonly directory: string;
  readonly redisVersion: string;
  readonly #programs: CompiledProcesses;
  readonly #models: string;

  private constructor(parts: { effort: Effort; redis: PrivateRedis; generator: LoadGenerator; directory: string; redisVersion: string; programs: CompiledProcesses; models: string }) {
    this.effort = parts.effort;
    this.redis = parts.redis;
    this.generator = parts.generator;
    this.directory = parts.directory;
    this.redisVersion = parts.redisVersion;
    this.#programs = parts.programs;
    this.#models = parts.models;
  }

  /** Sets everything up; what it starts ends with `removeLeftovers` of test/support at the latest. */
  static async prepare(effort: Effort, programs: CompiledProcesses): Promise<Workbench> {
    const directory = await temporaryDirectory();
    const redis = await PrivateRedis.start({ appendonly: true });
    const publisher = new ModelPublisher(join(directory, 'models'));
    await publisher.prepare();
    await trainAndPublish(demonstrationSource(1_000, 1), publisher, { seed: 1, maxRows: 1_000, fit: trainModel });
    const generator = await LoadGenerator.start(programs.path('http-load'));
    const redisVersion = /redis_version:(\S+)/.exec(await redis.connect().info('server'))?.[1] ?? 'unknown';
    return new Workbench({ effort, redis, generator, directory, redisVersion, programs, models: publisher.directory });
  }

  /** Starts one of the programs under `processes/`. */
  start(program: string, ...argv: string[]): Promise<BenchProcess> {
    return BenchProcess.start(this.#programs.path(program), argv);
  }

  /** Starts a Spindle with queues and cache of its own and waits until it answers. */
  startSpindle(options: SpindleOptions = {}): Promise<Spindle> {
    return Spindle.start({ ...this.redis.environment(), MODELS_DIR: this.#models, NODE_ENV: 'production', ...options.environment }, options.workers ?? 1);
  }

  /** Takes all data out of Redis: what one row leaves behind does not weigh on the next. */
  async clearRedis(): Promise<void> {
    const connection = this.redis.connect();
    await connection.flushall('SYNC');
    connection.disconnect();
  }

  /** Ends what prepare() has started. */
  async end(): Promise<void> {
    await this.generator.stop();
    await this.redis.stop();
  }
}
