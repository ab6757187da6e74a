import { z } from 'zod';
import { type ChunkStore, unpackText } from '../common/chunk-store.ts';
import { SpindleError } from '../common/errors.ts';
import type { RedisKeys } from '../common/redis-keys.ts';
import type { ScheduleRecord, ScheduleStore } from '../common/schedule-store.ts';
import type { Shop } from '../common/scheduling/shop.ts';
import type { ShopStore } from '../common/shop-store.ts';

/** Finds schedules and what came of them. */
export class KeptSchedules {
  readonly #schedules: ScheduleStore;
  readonly #shops: ShopStore;
  readonly #chunks: ChunkStore;
  readonly #keys: RedisKeys;

  constructor(parts: { schedules: ScheduleStore; shops: ShopStore; chunks: ChunkStore; keys: RedisKeys }) {
    this.#schedules = parts.schedules;
    this.#shops = parts.shops;
    this.#chunks = parts.chunks;
    this.#keys = parts.keys;
  }

  /** The record of a schedule. Throws `not_found`. */
  async record(id: string): Promise<ScheduleRecord> {
    const record = z.uuid().safeParse(id).success ? await this.#schedules.find(id) : undefined;
    if (!record) throw new SpindleError('not_found', `there is no schedule ${id.slice(0, 80)}: it never was, or it has expired`);
    return record;
  }

  /** The schedule itself as JSON, as it was stored: a large one would take long to read. Throws `not_found` where it has expired. */
  async json({ id }: ScheduleRecord): Promise<string> {
    return unpackText(await this.#packed(id));
  }

  /** The schedule itself as it is stored, for `unpack`. Throws `not_ready_yet` before it has ended, and `not_found` with what it failed of, or where it has expired. */
  async packed({ id, state, reason }: ScheduleRecord): Promise<Uint8Array> {
    if (state === 'queued' || state === 'running') throw new SpindleError('not_ready_yet', `the schedule is ${state}: ask again later, or follow /v1/schedules/${id}/events`);
    if (state !== 'succeeded') throw new SpindleError('not_found', `there is no schedule to show: it ${state === 'failed' ? `failed, ${reason}` : 'was cancelled'}`);
    return this.#packed(id);
  }

  /** The shop that a schedule was made for. Throws `not_found` where it has expired. */
  async shop({ shop_version: version }: ScheduleRecord): Promise<Shop> {
    const shop = await this.#shops.find(version);
    if (!shop) throw new SpindleError('not_found', `the version ${version} of the shop, which this schedule was made for, has expired`);
    return shop;
  }

  async #packed(id: string): Promise<Uint8Array> {
    const packed = await this.#chunks.findPacked(this.#keys.scheduleResult(id));
    if (!packed) throw new SpindleError('not_found', `the schedule ${id} has expired`);
    return packed;
  }
}
