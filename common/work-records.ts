import type { ChainableCommander, Redis } from 'ioredis';
import { z } from 'zod';
import { fieldIssueSchema } from './errors.ts';
import { throwFirstError } from './redis.ts';

export const workStates = ['queued', 'running', 'succeeded', 'failed', 'cancelled'] as const;
export type WorkState = (typeof workStates)[number];

/** What is known of every piece of work that is asked for and then followed: a training, a schedule. */
export const workFields = {
  id: z.uuid(),
  created_at: z.iso.datetime(),
  request_id: z.string(),
  state: z.enum(workStates),
  started_at: z.iso.datetime().nullable().default(null).describe('When it was begun, the last time'),
  finished_at: z.iso.datetime().nullable(),
  reason: z.string().nullable().describe('Why it ended as it did'),
  code: z.string().nullable().describe('Stable name of the problem, where it failed'),
  errors: z.array(fieldIssueSchema).describe('What is wrong with its input, where it failed: the first hundred'),
};

/** Fields of a piece of work that has not begun. */
export const queuedWork = () => ({ state: 'queued' as const, started_at: null, finished_at: null, reason: null, code: null, errors: [] });

/** Why work failed. */
export interface WorkFailure {
  reason: string;
  code: string;
  errors: z.infer<typeof fieldIssueSchema>[];
}

/** True for work that nothing changes any more. */
export const hasEnded = ({ state }: { state: WorkState }): boolean => state !== 'queued' && state !== 'running';

interface WorkRecord {
  id: string;
  created_at: string;
  state: WorkState;
}

/** Where the records of one kind of work are kept. */
interface WorkKeys {
  record: (id: string) => string;
  index: () => string;
}

// KEYS hash; ARGV the states that may change, the stage that may not or an empty text, then fields and values. 1 where it was changed.
const changeScript = `
local state, stage = unpack(redis.call('HMGET', KEYS[1], 'state', 'stage'))
if not state or not string.find(ARGV[1], state, 1, true) or stage == ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], unpack(ARGV, 3))
return 1`;

/** Records of one kind of work in Redis, each a hash with its fields as JSON, and a list of them by time. Redis alone decides whether a step may be taken. */
export class WorkRecords<R extends WorkRecord> {
  readonly #redis: Redis;
  readonly #schema: z.ZodType<R>;
  readonly #keys: WorkKeys;
  readonly #seconds: number;

  constructor(redis: Redis, schema: z.ZodType<R>, keys: WorkKeys, seconds: number) {
    this.#redis = redis;
    this.#schema = schema;
    this.#keys = keys;
    this.#seconds = seconds;
  }

  /** Stores a record and lists it; `also` is done in one go with it. */
  async create(record: R, also: (pipeline: ChainableCommander) => void = () => {}): Promise<void> {
    const pipeline = this.#redis.pipeline();
    const key = this.#keys.record(record.id);
    pipeline.hset(key, encode(record)).expire(key, this.#seconds);
    also(pipeline);
    pipeline.zadd(this.#keys.index(), Date.parse(record.created_at), record.id);
    await throwFirstError(pipeline.exec());
  }

  /** The record, or undefined where there is none (any more). */
  async find(id: string): Promise<R | undefined> {
    const hash = await this.#redis.hgetall(this.#keys.record(id));
    if (Object.keys(hash).length === 0) return undefined;
    return this.#schema.parse(Object.fromEntries(Object.entries(hash).map(([field, text]) => [field, JSON.parse(text)])));
  }

  /** The newest records, newest first. */
  async list(limit: number): Promise<R[]> {
    await this.#redis.zremrangebyscore(this.#keys.index(), '-inf', Date.now() - this.#seconds * 1_000);
    const ids = await this.#redis.zrevrange(this.#keys.index(), 0, limit - 1);
    const records = await Promise.all(ids.map((id) => this.find(id)));
    return records.filter((record) => record !== undefined);
  }

  /** The state alone, or undefined where there is no such record (any more). */
  async state(id: string): Promise<WorkState | undefined> {
    const text = await this.#redis.hget(this.#keys.record(id), 'state');
    return text === null ? undefined : workFields.state.parse(JSON.parse(text));
  }

  /** Changes fields where the record is in one of these states, and not in that stage. False where it is not, or has expired. */
  async change(id: string, from: readonly WorkState[], fields: Partial<R>, unlessStage?: string): Promise<boolean> {
    const condition = [JSON.stringify(from), unlessStage === undefined ? '' : JSON.stringify(unlessStage)];
    return (await this.#redis.eval(changeScript, 1, this.#keys.record(id), ...condition, ...Object.entries(encode(fields)).flat())) === 1;
  }
}

/** Each field as JSON, so that null and numbers come back as they went. */
function encode(fields: object): Record<string, string> {
  return Object.fromEntries(Object.entries(fields).map(([field, value]) => [field, JSON.stringify(value)]));
}
