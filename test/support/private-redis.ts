import { randomBytes } from 'node:crypto';
import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { LogFile } from '../../compose/log-file.ts';
import { freePort } from '../../compose/ports.ts';
import { findRedisServer, howToGetRedis, redisServer } from '../../compose/redis-server.ts';
import type { Program } from '../../compose/supervised-process.ts';
import { mustEnd, temporaryDirectory } from './leftovers.ts';

export interface PrivateRedisOptions {
  password?: string;
  /** Whether its data survives kill() and stop(). */
  appendonly?: boolean;
}

/** A Redis server of a test's own on a free port. It can be stopped, killed and started again with the same port and data. */
export class PrivateRedis {
  readonly port: number;
  readonly password: string | undefined;
  readonly #program: Program;
  readonly #connections: Redis[] = [];
  #child: ChildProcess | undefined;
  #closed: Promise<unknown> = Promise.resolve();

  private constructor(port: number, password: string | undefined, program: Program) {
    this.port = port;
    this.password = password;
    this.#program = program;
  }

  /** Starts one; it must have been stopped when the test file ends. */
  static async start({ password, appendonly = false }: PrivateRedisOptions = {}): Promise<PrivateRedis> {
    const binary = findRedisServer(process.env['PATH']);
    if (!binary) throw new Error(howToGetRedis);
    const directory = await temporaryDirectory();
    const port = await freePort();
    const log = new LogFile(join(directory, 'redis.log'));
    const redis = new PrivateRedis(port, password, redisServer({ binary, port, ...(password ? { password } : {}), directory, appendonly, log }));
    mustEnd(`Redis on port ${port}`, () => redis.#child !== undefined, () => redis.#child?.kill('SIGKILL'));
    await redis.restart();
    return redis;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** What Spindle's processes need to use it, with a prefix that no other test has. */
  environment(prefix: string = this.freshPrefix()): Record<string, string> {
    return { REDIS_URL: this.url, ...(this.password ? { REDIS_PASSWORD: this.password } : {}), QUEUE_PREFIX: prefix };
  }

  /** A key prefix that no other test has. */
  freshPrefix(): string {
    return `test-${randomBytes(6).toString('hex')}`;
  }

  /** A connection that is closed with the server. */
  connect(): Redis {
    const connection = new Redis({ host: '127.0.0.1', port: this.port, ...(this.password ? { password: this.password } : {}), maxRetriesPerRequest: null });
    connection.on('error', () => {}); // tests take the server away on purpose
    this.#connections.push(connection);
    return connection;
  }

  /** Starts it again after stop() or kill(), on the same port and with the data that was kept. */
  async restart(): Promise<void> {
    if (this.#child) throw new Error('this Redis runs already');
    const child = this.#program.spawn();
    const ended = new AbortController();
    this.#child = child;
    this.#closed = new Promise((resolve) => child.once('close', resolve)).then(() => {
      ended.abort();
      this.#child = undefined;
    });
    await Promise.race([
      this.#program.untilReady(child, ended.signal),
      this.#closed.then(() => Promise.reject(new Error(`Redis ended at its start:\n${this.#program.lastWords()}`))),
    ]);
  }

  /** Ends it in order and closes the connections to it. */
  async stop(): Promise<void> {
    for (const connection of this.#connections.splice(0)) connection.disconnect();
    this.resume(); // a frozen process would not hear the signal
    this.#child?.kill('SIGTERM');
    await this.#closed;
  }

  /** Ends it without warning; connections stay and wait for it. */
  async kill(): Promise<void> {
    this.#child?.kill('SIGKILL');
    await this.#closed;
  }

  /** Ends it in order; connections stay and wait for it. */
  async shutDown(): Promise<void> {
    this.#child?.kill('SIGTERM');
    await this.#closed;
  }

  /** Stops it answering, as an overloaded machine would; resume() lets it go on. */
  freeze(): void {
    this.#child?.kill('SIGSTOP');
  }

  resume(): void {
    this.#child?.kill('SIGCONT');
  }
}
