import type { Redis } from 'ioredis';
import { byDeadline } from '../../common/lifecycle.ts';
import { createLog } from '../../common/log.ts';
import { RedisKeys } from '../../common/redis-keys.ts';
import { connectForJobs, connectForMessages, connectForRequests, untilConnected } from '../../common/redis.ts';
import { keysUnder, mustEnd } from './leftovers.ts';
import type { PrivateRedis } from './private-redis.ts';

/** A log that nobody sees. */
export const silentLog = createLog('api', 'silent');

/** Connections to a test's Redis as the product makes them, under a prefix that no other test has. */
export class TestConnections {
  readonly prefix: string;
  readonly keys: RedisKeys;
  /** As an API's: fails at once while Redis is away. */
  readonly requests: Redis;
  /** As a worker's: waits for Redis. */
  readonly jobs: Redis;
  readonly messages: Redis;
  readonly #all: Redis[];
  #isClosed = false;

  private constructor(redis: PrivateRedis) {
    const address = { url: redis.url, password: redis.password };
    this.prefix = redis.freshPrefix();
    this.keys = new RedisKeys(this.prefix);
    this.requests = connectForRequests(address, 800);
    this.jobs = connectForJobs(address);
    this.messages = connectForMessages(address);
    this.#all = [this.requests, this.jobs, this.messages];
    mustEnd(`connections of ${this.prefix}`, () => !this.#isClosed, () => void this.close());
  }

  static async open(redis: PrivateRedis): Promise<TestConnections> {
    const connections = new TestConnections(redis);
    await untilConnected(connections.#all, 5_000);
    return connections;
  }

  /** The keys that are there, without the prefix, sorted. */
  async left(): Promise<string[]> {
    return (await keysUnder(this.jobs, this.prefix)).map((key) => key.slice(this.prefix.length + 1));
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    // One that waits to connect again just stops waiting; the others end once their sockets do.
    const open = this.#all.filter(({ status }) => status === 'ready');
    const ended = open.map((connection) => new Promise((resolve) => connection.once('end', resolve)));
    for (const connection of this.#all) connection.disconnect();
    await byDeadline(Promise.all(ended), Date.now() + 2_000);
  }
}
