import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { z } from 'zod';
import type { RedisAddress } from '../common/redis.ts';
import type { LogFile } from './log-file.ts';
import { freePort } from './ports.ts';
import { redisServer } from './redis-server.ts';
import type { Program } from './supervised-process.ts';

/** How to reach the private Redis of a start: enough to recognise it, should its launcher be killed. */
const recordSchema = z.object({ port: z.int(), password: z.string() });

/** How long a Redis that was left behind may take to end, in milliseconds. */
const patience = 5_000;

/** The Redis of one data folder, on a free port of this machine with a password that nobody else knows. */
export class PrivateRedis {
  readonly address: Required<RedisAddress>;
  readonly program: Program;
  readonly #record: string;

  private constructor(address: Required<RedisAddress>, program: Program, record: string) {
    this.address = address;
    this.program = program;
    this.#record = record;
  }

  /**
   * Prepares the Redis of a data folder; its program is yet to be started.
   * Ends the one that a killed launcher left behind: two servers that append to the same files would destroy them.
   */
  static async prepare(binary: string, dataDirectory: string, log: LogFile): Promise<PrivateRedis> {
    const directory = join(dataDirectory, 'redis');
    const record = join(dataDirectory, 'redis.json');
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const leftBehind = readRecord(record);
    if (leftBehind) await endLeftBehind(leftBehind);
    const port = await freePort();
    const password = randomBytes(24).toString('hex');
    // Before it starts: a launcher that is killed in between leaves a record of nothing, never a Redis without a record.
    writeFileSync(record, JSON.stringify({ port, password }), { mode: 0o600 });
    const program = redisServer({ binary, port, password, directory, appendonly: true, log });
    return new PrivateRedis({ url: `redis://127.0.0.1:${port}`, password }, program, record);
  }

  /** Removes the record, once its process has ended. */
  forget(): void {
    rmSync(this.#record, { force: true });
  }
}

type RedisRecord = z.infer<typeof recordSchema>;

function readRecord(path: string): RedisRecord | undefined {
  try {
    return recordSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return undefined; // none, or half of one: the Redis is started after its record is complete
  }
}

/** Ends the recorded Redis where it still runs. What accepts the recorded password is the recorded Redis; anything else is left alone. */
async function endLeftBehind({ port, password }: RedisRecord): Promise<void> {
  const redis = new Redis({
    host: '127.0.0.1',
    port,
    password,
    lazyConnect: true,
    enableReadyCheck: false,
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
    connectTimeout: 1_000,
    commandTimeout: 2_000,
  });
  redis.on('error', () => {}); // every failure shows in the commands below
  try {
    await redis.connect();
    const pid = Number(/^process_id:(\d+)/m.exec(await redis.info('server'))?.[1]);
    const ended = new Promise<void>((resolve) => redis.once('end', resolve));
    // It flushes its append-only file and goes; the answer is the end of the connection.
    redis.call('SHUTDOWN', 'NOSAVE').catch(() => {});
    if ((await Promise.race([ended.then(() => true), delay(patience, false)])) || !pid) return;
    process.kill(pid, 'SIGKILL');
    await ended;
  } catch {
    // Nothing listens there, or somebody else's server does.
  } finally {
    redis.disconnect();
  }
}
