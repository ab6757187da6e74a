import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Batch, BatchStore } from '../common/batch-store.ts';
import { SpindleError } from '../common/errors.ts';
import type { ScheduleRecord, ScheduleStore } from '../common/schedule-store.ts';
import { readPlanStart } from '../common/scheduling/plan-start.ts';
import { readShop } from '../common/scheduling/read-shop.ts';
import { type ScheduleRequest, maxOperations, readScheduleRequest, refusedRequest, scheduleRequestSchema, tooManyOperations } from '../common/scheduling/schedule-request.ts';
import { issueAt } from '../common/scheduling/shape-issues.ts';
import { type Shop, shopSchema } from '../common/scheduling/shop.ts';
import { ZonedClock } from '../common/scheduling/zoned-clock.ts';
import type { ShopStore } from '../common/shop-store.ts';
import { queuedWork } from '../common/work-records.ts';
import type { JobQueues } from './job-queues.ts';

/** Batches in one schedule. */
const maxBatches = 50;
/** How long queueing may take, in milliseconds. */
const queuePatience = 2_000;

/** Body of `POST /v1/batches/{id}/schedules`. */
export const scheduleBodySchema = z
  .strictObject({
    ...scheduleRequestSchema.shape,
    with_batches: z.array(z.uuid()).max(maxBatches - 1).optional().describe('Batches to plan together with this one'),
    replans: z.uuid().optional().describe('The schedule that this one replaces: keep=least_disruption starts from it'),
    shop: shopSchema.optional().describe('A shop of its own, to see what it would change; the shop in use unless given'),
  })
  .meta({ id: 'ScheduleBody' });

/** The fields beside the request itself. */
const aroundSchema = z.looseObject({ with_batches: scheduleBodySchema.shape.with_batches, replans: scheduleBodySchema.shape.replans, shop: z.unknown().optional() });

/** Takes schedules in: checks what can be checked at once, keeps what they are made from, and queues them. */
export class ScheduleIntake {
  readonly #schedules: ScheduleStore;
  readonly #shops: ShopStore;
  readonly #batches: BatchStore;
  readonly #queues: JobQueues;

  constructor(parts: { schedules: ScheduleStore; shops: ShopStore; batches: BatchStore; queues: JobQueues }) {
    this.#schedules = parts.schedules;
    this.#shops = parts.shops;
    this.#batches = parts.batches;
    this.#queues = parts.queues;
  }

  /**
   * Queues a schedule of a batch, and others with it. Throws `invalid_schedule_request` and `invalid_shop` with every problem, `no_shop`, `not_found`, `not_ready_yet` while a
   * batch is being estimated, and `too_many_operations`.
   */
  async take(batch: Batch, body: unknown, requestId: string): Promise<ScheduleRecord> {
    const { around, request } = readBody(body);
    const batches = [batch];
    for (const id of new Set(around.with_batches)) if (id !== batch.id) batches.push(await this.#batch(id));
    checkBatches(batches);
    const shop = around.shop === undefined ? await this.#currentShop() : readShop(around.shop);
    readPlanStart(request.start, new ZonedClock(shop.time_zone), Date.now());
    await this.#checkReplans(around.replans, request);
    const record: ScheduleRecord = {
      id: randomUUID(),
      created_at: new Date().toISOString(),
      batches: batches.map(({ id }) => id),
      replans: around.replans ?? null,
      shop_version: await this.#shops.keep(shop),
      objective_name: request.objective ?? null,
      time_limit_s: request.time_limit_s,
      request_id: requestId,
      ...queuedWork(),
      progress: null,
      summary: null,
    };
    try {
      await this.#schedules.create(record, { request, shop });
      await this.#queues.add('plan-schedule', { scheduleId: record.id }, { jobId: record.id }, queuePatience);
    } catch (error) {
      await this.#schedules.discard(record.id).catch(() => {}); // without Redis the pieces expire by themselves
      throw error;
    }
    return record;
  }

  async #batch(id: string): Promise<Batch> {
    const batch = await this.#batches.find(id);
    if (!batch) throw new SpindleError('not_found', `with_batches: there is no batch ${id}: it never was, or its results have expired`);
    return batch;
  }

  async #currentShop(): Promise<Shop> {
    const shop = await this.#shops.current();
    if (!shop) throw new SpindleError('no_shop', 'there is no shop yet: PUT /v1/shop stores one, such as the shop.example.json that Spindle comes with, or the body brings its own under "shop"');
    return shop;
  }

  async #checkReplans(replans: string | undefined, { keep, progress }: ScheduleRequest): Promise<void> {
    if (replans === undefined) {
      if (keep !== 'best') throw refusedRequest('keep', 'least_disruption needs the schedule that is to be kept', keep, 'name it under replans, or use keep "best"');
      if (progress !== 'as_told') throw refusedRequest('progress', 'as_planned needs the schedule whose plan was followed', progress, 'name it under replans, or use progress "as_told"');
      return;
    }
    const state = await this.#schedules.state(replans);
    if (state !== 'succeeded') throw refusedRequest('replans', state === undefined ? `there is no schedule ${replans}` : `the schedule ${replans} is ${state}`, replans, 'name a schedule that has succeeded');
  }
}

function readBody(body: unknown): { around: z.infer<typeof aroundSchema>; request: ScheduleRequest } {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw refusedRequest('', 'expected an object such as {"objective": "tardiness", "time_limit_s": 10}', null, 'send an object, or no body at all');
  const around = aroundSchema.safeParse(body);
  if (!around.success) {
    const issues = around.error.issues.map(({ path, message }) => issueAt(path.join('.'), message, null, 'give the id as its list shows it'));
    throw new SpindleError('invalid_schedule_request', issues.map(({ message }) => message).join('; '), { issues });
  }
  const { with_batches: _withBatches, replans: _replans, shop: _shop, ...rest } = around.data;
  return { around: around.data, request: readScheduleRequest(rest) };
}

function checkBatches(batches: readonly Batch[]): void {
  let rows = 0;
  for (const { id, state, accepted, rejected } of batches) {
    if (state === 'queued' || state === 'running') throw new SpindleError('not_ready_yet', `the batch ${id} is ${state}: its parts can be planned once all are estimated; follow /v1/batches/${id}/events`);
    if (state === 'cancelled') throw refusedRequest('with_batches', `the batch ${id} was cancelled: not all of its parts are estimated`, id, 'upload it again');
    rows += accepted + rejected;
  }
  if (rows > maxOperations) throw tooManyOperations(rows);
}
