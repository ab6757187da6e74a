import { once } from 'node:events';
import { Redis, type RedisOptions } from 'ioredis';
import { SpindleError, messageOf } from './errors.ts';
import { byDeadline } from './lifecycle.ts';
import type { Log } from './log.ts';

/** ioredis types its constructor by this one option, so that it may not be open here. */
type ConnectionOptions = Omit<RedisOptions, 'replyMapping'>;

/** Where Redis is; the password may stand apart, so that it needs no URL escaping. */
export interface RedisAddress {
  url: string;
  password?: string | undefined;
}

/** BullMQ's own strategy backs off to 20 s; a service that must resume within 3 s asks every second at the latest. */
const retryStrategy = (attempt: number): number => Math.min(attempt * 100, 1_000);

/**
 * A connection that fails its commands at once while Redis is away and reconnects by itself: for answering callers.
 * A command without an answer fails after `commandTimeout` milliseconds.
 */
export function connectForRequests(address: RedisAddress, commandTimeout: number): Redis {
  return open(address, { enableOfflineQueue: false, maxRetriesPerRequest: 0, commandTimeout });
}

/** A connection that holds its commands until Redis is back: for workers, whose jobs should wait rather than fail. */
export function connectForJobs(address: RedisAddress): Redis {
  return open(address, { maxRetriesPerRequest: null });
}

/** A connection that receives messages; it subscribes again by itself after a reconnect. */
export function connectForMessages(address: RedisAddress): Redis {
  return open(address, { maxRetriesPerRequest: null, autoResubscribe: true });
}

function open(address: RedisAddress, options: ConnectionOptions): Redis {
  const redis = new Redis(address.url, { ...options, ...credentials(address), retryStrategy, connectTimeout: 2_000 });
  // Without a listener a refused connection would end the process; commands report their own failures.
  redis.on('error', () => {});
  return redis;
}

/**
 * Fails the start of a process on what no waiting mends: a wrong password or an address that is no Redis.
 * A Redis that is merely away is no error; returns whether it answered within the patience in milliseconds.
 */
export async function checkRedis(address: RedisAddress, patience: number): Promise<boolean> {
  const probe = new Redis(address.url, {
    ...credentials(address),
    lazyConnect: true,
    retryStrategy: () => null,
    connectTimeout: patience,
    commandTimeout: patience,
    maxRetriesPerRequest: 0,
  });
  let connectionError: unknown;
  probe.on('error', (error) => (connectionError = error));
  try {
    const answer = probe.connect().then(() => probe.ping());
    return (await byDeadline(answer, Date.now() + patience)) !== undefined;
  } catch (error) {
    const reason = [messageOf(connectionError ?? error), messageOf(error)].join(' ');
    if (/WRONGPASS|NOAUTH|invalid password|no password is set/i.test(reason)) {
      throw new SpindleError('invalid_configuration', `Redis at ${place(address)} refused the password: set REDIS_PASSWORD to the one it was started with`, { cause: error });
    }
    if (/Protocol error|Unknown RESP type/i.test(reason)) {
      throw new SpindleError('invalid_configuration', `what answers at ${place(address)} is not Redis: check REDIS_URL`, { cause: error });
    }
    return false;
  } finally {
    probe.disconnect();
  }
}

/** Resolves when all connections are ready, or after the patience in milliseconds: whoever asks next sees Redis or gets an error at once. */
export async function untilConnected(connections: readonly Redis[], patience: number): Promise<void> {
  const waiting = connections.filter((redis) => redis.status !== 'ready');
  await byDeadline(Promise.allSettled(waiting.map((redis) => once(redis, 'ready'))), Date.now() + patience);
}

/** The replies of a pipeline or transaction; throws the first failure among them, which `exec` itself does not. */
export async function throwFirstError(execution: Promise<[Error | null, unknown][] | null>): Promise<[Error | null, unknown][]> {
  const replies = (await execution) ?? [];
  for (const [error] of replies) if (error) throw error;
  return replies;
}

// KEYS hash; ARGV fields and values.
const setScript = "if redis.call('EXISTS', KEYS[1]) == 1 then redis.call('HSET', KEYS[1], unpack(ARGV)) end";

/** Sets fields of a hash that is there: one that has expired meanwhile must not come back as a key that never expires. */
export async function setExisting(redis: Redis, key: string, fields: Record<string, string>): Promise<void> {
  await redis.eval(setScript, 1, key, ...Object.entries(fields).flat());
}

const credentials = ({ password }: RedisAddress): ConnectionOptions => (password ? { password } : {});

/** The address without its password, for messages. */
export function place(address: RedisAddress): string {
  try {
    const url = new URL(address.url);
    return `${url.hostname}:${url.port || '6379'}`;
  } catch {
    return 'REDIS_URL';
  }
}

/** The error of whoever asks while Redis is away. */
export function redisUnavailable(cause?: unknown): SpindleError {
  return new SpindleError('redis_unavailable', 'the queue is not reachable at the moment: try again in a few seconds', { cause });
}

/** A Redis failure as the user's error: away, full, or the original. */
export function asRedisError(error: unknown): unknown {
  if (error instanceof SpindleError || !(error instanceof Error)) return error;
  const text = `${error.name} ${error.message}`;
  if (/OOM command not allowed|MISCONF/.test(text)) {
    return new SpindleError('storage_full', 'the queue store takes no more data: wait for older results to expire, or raise its memory limit', { cause: error });
  }
  if (/Connection is closed|Stream isn't writeable|enableOfflineQueue|MaxRetriesPerRequest|Command timed out|ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|LOADING|Connection is in subscriber mode/.test(text)) {
    return redisUnavailable(error);
  }
  return error;
}

/** A listener for what BullMQ reports of its commands: Redis coming and going mends itself and is a detail, anything else is a defect. */
export function queueErrorListener(log: Log): (error: Error) => void {
  return (error) => {
    const isExpected = asRedisError(error) instanceof SpindleError;
    log[isExpected ? 'debug' : 'error']({ reason: messageOf(error) }, 'queue command failed');
  };
}
