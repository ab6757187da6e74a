import { promisify } from 'node:util';
import { constants, deflateRaw, inflateRaw } from 'node:zlib';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import { SpindleError, fieldIssueSchema } from './errors.ts';
import { unknownLevelsSchema } from './part.ts';

// The fastest level: rows of a table shrink threefold with it, and the slower levels gain a tenth more for thrice the time.
const deflate = promisify<Buffer, { level: number }, Buffer>(deflateRaw);
const inflate = promisify<Uint8Array, Buffer>(inflateRaw);

/** Accepted rows of a chunk: cells as they came. */
export const rowsChunkSchema = z.array(z.array(z.string()));
const partValuesSchema = z.array(z.array(z.number().nullable().transform((value) => value ?? NaN)));
/** Parts of a chunk by column: `values[f][row]`, a category as the index of its level or -1; a missing value is null, as JSON writes NaN. The values alone where every level is known. */
export const partsChunkSchema = z.union([partValuesSchema.transform((values) => ({ values, unknown: undefined })), z.strictObject({ values: partValuesSchema, unknown: unknownLevelsSchema })]);
/** Refused rows with their reasons. */
export const rejectedChunkSchema = z.array(z.strictObject({ line: z.int(), cells: z.array(z.string()), issues: z.array(fieldIssueSchema) }));
/** Rows of a training upload with their lines. */
export const trainingChunkSchema = z.array(z.strictObject({ line: z.int(), cells: z.array(z.string()) }));

/** A value as it is stored: compressed JSON. */
export async function pack(value: unknown): Promise<Uint8Array> {
  return deflate(Buffer.from(JSON.stringify(value)), { level: constants.Z_BEST_SPEED });
}

/** The JSON that was packed. */
export async function unpackText(packed: Uint8Array): Promise<string> {
  return (await inflate(packed)).toString('utf8');
}

/** The value that was packed, in its schema's shape. */
export async function unpack<T>(packed: Uint8Array, schema: z.ZodType<T>): Promise<T> {
  return schema.parse(JSON.parse(await unpackText(packed)));
}

/** Keeps pieces of tables in Redis, each compressed under a key of its own with a time to live. */
export class ChunkStore {
  readonly #redis: Redis;

  constructor(redis: Redis) {
    this.#redis = redis;
  }

  /** Stores a value for so many seconds; compressing runs beside the event loop. */
  async put(key: string, value: unknown, seconds: number): Promise<void> {
    await this.putPacked(key, await pack(value), seconds);
  }

  /** Stores what `pack` gave. */
  async putPacked(key: string, packed: Uint8Array, seconds: number): Promise<void> {
    await this.#redis.set(key, Buffer.from(packed.buffer, packed.byteOffset, packed.byteLength), 'EX', seconds);
  }

  /** A value as it is stored, for `unpack`; undefined where there is none. */
  async findPacked(key: string): Promise<Uint8Array | undefined> {
    return (await this.#redis.getBuffer(key)) ?? undefined;
  }

  /** The value in its schema's shape, or undefined where there is none. */
  async find<T>(key: string, schema: z.ZodType<T>): Promise<T | undefined> {
    const packed = await this.findPacked(key);
    return packed && unpack(packed, schema);
  }

  /** The value in its schema's shape. Throws `not_found` where it has expired or was never there. */
  async get<T>(key: string, schema: z.ZodType<T>): Promise<T> {
    const value = await this.find(key, schema);
    if (value === undefined) throw new SpindleError('not_found', `the stored piece ${key} has expired`);
    return value;
  }
}
