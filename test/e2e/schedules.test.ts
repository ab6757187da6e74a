import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import ICAL from 'ical.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { scheduleSummaryViewSchema, scheduleViewSchema } from '../../api/schedule-view.ts';
import { scheduleComparisonSchema } from '../../common/scheduling/compare-schedules.ts';
import type { Schedule } from '../../common/scheduling/schedule.ts';
import { shopSchema } from '../../common/scheduling/shop.ts';
import { exampleQuery } from '../support/model-versions.ts';
import { PrivateRedis } from '../support/private-redis.ts';
import { type Answer, RunningSpindle, ask, json, problem, until } from '../support/running-spindle.ts';

type View = z.infer<typeof scheduleViewSchema>;

const batchSchema = z.looseObject({ id: z.string(), state: z.string() });
const shop = JSON.parse(readFileSync('shop.example.json', 'utf8')) as Record<string, unknown>;
const materials = ['steel', 'aluminum', 'copper'];
const processes = ['turning', 'milling', 'drilling'];
const header = 'part_id,x_cm,y_cm,z_cm,material,complexity,process,quantity,due,priority,order_id,operation';

/** Planned parts, due within the two weeks from the start on; every third order is a routing. */
function partsOf(prefix: string, count: number): string {
  const day = (offset: number): string => new Date(Date.UTC(2026, 10, 24 + offset)).toISOString().slice(0, 10);
  const rows = Array.from({ length: count }, (_, index) => {
    const order = index % 9 < 3 ? [`${prefix}O${Math.floor(index / 9)}`, 10 * ((index % 9) + 1)] : ['', ''];
    const due = day(index % 9 < 3 ? (Math.floor(index / 9) * 2) % 12 : (index * 5) % 12);
    return [`${prefix}${index}`, 12 + (index % 20), 8, 4, materials[index % 3], 1 + (index % 9), processes[(index * 7 + Math.floor(index / 3)) % 3], 1 + (index % 2), due, 1 + (index % 4), ...order].join(',');
  });
  return `${[header, ...rows].join('\n')}\n`;
}

let redis: PrivateRedis;
let spindle: RunningSpindle;
beforeAll(async () => {
  redis = await PrivateRedis.start({ appendonly: true });
  spindle = await RunningSpindle.start(redis);
});
afterAll(async () => {
  await spindle.stop();
  await redis.stop();
});

const put = (path: string, value: unknown): Promise<Answer> => ask(spindle.url + path, { method: 'PUT', body: JSON.stringify(value), headers: { 'content-type': 'application/json' } });
const cancel = (id: string, on = spindle): Promise<Answer> => ask(`${on.url}/v1/schedules/${id}`, { method: 'DELETE' });
const look = async (id: string, on = spindle): Promise<View> => json(await on.get(`/v1/schedules/${id}`), scheduleViewSchema);

async function estimated(csv: string, on = spindle): Promise<string> {
  const { id } = json(await on.upload('/v1/batches?unknown=estimate', csv), batchSchema, 202);
  await until('the batch is estimated', async () => ['complete', 'partial'].includes(json(await on.get(`/v1/batches/${id}`), batchSchema).state));
  return id;
}

const request = (more: object = {}): object => ({ start: '2026-11-23T06:00', time_limit_s: 1, draws: 100, ...more });
const submit = async (batch: string, more: object = {}, on = spindle): Promise<View> => json(await on.post(`/v1/batches/${batch}/schedules`, request(more)), scheduleViewSchema, 202);

async function ended(id: string, on = spindle): Promise<View> {
  await until('the schedule has ended', async () => !['queued', 'running'].includes((await look(id, on)).state), 60_000);
  return look(id, on);
}

async function plannedOf(batch: string, more: object = {}): Promise<{ id: string; schedule: Schedule }> {
  const { id } = await submit(batch, more);
  const view = await ended(id);
  if (!view.schedule) throw new Error(`not planned: ${JSON.stringify(view).slice(0, 2_000)}`);
  return { id, schedule: view.schedule };
}

test('without a shop a schedule is refused with what to do', async () => {
  const batch = await estimated(partsOf('N', 3));
  expect(problem(await spindle.post(`/v1/batches/${batch}/schedules`, {}))).toMatchObject({ status: 409, code: 'no_shop', detail: expect.stringContaining('PUT /v1/shop') as unknown });
  expect(problem(await spindle.get('/v1/shop'))).toMatchObject({ code: 'no_shop' });
});

describe('the shop', () => {
  test('comes back as it was put, and older versions by their names', async () => {
    const first = json(await put('/v1/shop', { ...shop, name: 'First' }), z.strictObject({ version: z.string(), before: z.null() }));
    const second = json(await put('/v1/shop', shop), z.strictObject({ version: z.string(), before: z.literal(first.version) }));
    const now = await spindle.get('/v1/shop');
    expect(now.headers.get('etag')).toBe(`"${second.version}"`);
    expect(json(now, shopSchema)).toEqual(shopSchema.parse(shop));
    expect(json(await spindle.get(`/v1/shop?version=${first.version}`), shopSchema).name).toBe('First');
    expect(json(await put('/v1/shop', json(now, shopSchema)), z.looseObject({ version: z.string() })).version).toBe(second.version);
    expect(problem(await spindle.get('/v1/shop?version=0123456789ab'))).toMatchObject({ code: 'not_found' });
  });

  const { machines: [lathe], calendars } = shop as { machines: [object]; calendars: Record<string, object> };
  test.each<[string, object, string, RegExp]>([
    ['no machine', { ...shop, machines: [] }, 'machines', /at least one machine/],
    ['no such time zone', { ...shop, time_zone: 'Berlin' }, 'time_zone', /Europe\/Berlin/],
    ['a calendar without a working minute', { ...shop, calendars: { ...calendars, 'day shift': {} } }, 'calendars["day shift"]', /add a shift/],
    ['overlapping shifts', { ...shop, calendars: { ...calendars, 'day shift': { weekly: [{ days: ['mon'], from: '06:00', to: '14:00' }, { days: ['mon'], from: '13:00', to: '22:00' }] } } }, 'calendars["day shift"].weekly[1]', /let one end where the other begins/],
    ['two machines of one name', { ...shop, machines: [lathe, lathe] }, 'machines[1].name', /a name of its own/],
    ['an unknown calendar', { ...shop, machines: [{ ...lathe, calendar: 'two shift' }] }, 'machines[0].calendar', /did you mean "two shifts"/],
    ['a misspelt field', { ...shop, timezone: 'UTC' }, 'timezone', /did you mean "time_zone"/],
  ])('with %s is refused with place and fix', async (_name, body, field, fix) => {
    const { code, status, errors } = problem(await put('/v1/shop', body));
    expect([status, code]).toEqual([422, 'invalid_shop']);
    const issue = errors?.find((one) => one.field === field);
    expect(`${issue?.message} ${issue?.fix}`).toMatch(fix);
  });
});

describe('a schedule', () => {
  test('is planned, followed by events, and comes out in every format', async () => {
    const batch = await estimated(partsOf('P', 40));
    const { id, state, links } = await submit(batch, { time_limit_s: 2 });
    expect([state, links['self']]).toEqual(['queued', `/v1/schedules/${id}`]);
    const events = (await spindle.get(`/v1/schedules/${id}/events`)).text;
    const told = [...events.matchAll(/^event: (\w+)\ndata: (.*)$/gm)].map(([, event, data]) => ({ event, ...(JSON.parse(data ?? '') as { state: string; progress?: { objective: number | null; lower_bound: number } | null }) }));
    expect(told.at(-1)).toMatchObject({ event: 'end', state: 'succeeded', summary: { operations: 40, unplanned: 0 } });
    const best = told.flatMap(({ progress }) => progress?.objective ?? []);
    expect(best.length).toBeGreaterThan(0);
    expect(best).toEqual([...best].sort((a, b) => b - a));

    const { schedule, summary, shop_version: version } = await look(id);
    expect(schedule).toMatchObject({ objective_name: 'tardiness', shop_version: version, unplanned: [], figures: { operations: 40 } });
    expect(schedule?.lower_bound).toBeLessThanOrEqual(schedule?.objective ?? NaN);
    expect(summary?.objective).toBe(schedule?.objective);
    expect(schedule?.orders.every(({ on_time: chance }) => chance !== null && chance >= 0 && chance <= 1)).toBe(true);
    expect(json(await spindle.get('/v1/schedules'), z.strictObject({ schedules: z.array(scheduleSummaryViewSchema) })).schedules[0]?.id).toBe(id);

    const rows = parse<Record<string, string>>((await spindle.get(`/v1/schedules/${id}.csv`)).text, { columns: true });
    expect(rows.map(({ machine, start }) => [machine, start])).toEqual(schedule?.operations.map(({ machine, start }) => [machine, start]));
    expect((await spindle.get(`/v1/schedules/${id}.csv?decimal=comma`)).text.split('\n')[0]).toContain('part_id;order_id;operation');
    const svg = await spindle.get(`/v1/schedules/${id}.svg?colour=lateness`);
    expect([svg.headers.get('content-type'), svg.text.startsWith('<svg ')]).toEqual(['image/svg+xml; charset=utf-8', true]);
    const calendar = new ICAL.Component(ICAL.parse((await spindle.get(`/v1/schedules/${id}.ics?machine=Lathe%201`)).text) as unknown[]);
    expect(calendar.getAllSubcomponents('vevent').length).toBeGreaterThanOrEqual(schedule?.operations.filter(({ machine }) => machine === 'Lathe 1').length ?? NaN);
    expect(problem(await spindle.get(`/v1/schedules/${id}.ics`))).toMatchObject({ code: 'invalid_query', detail: expect.stringContaining('Lathe 1, Lathe 2') as unknown });
    expect(problem(await cancel(id))).toMatchObject({ status: 409, code: 'already_finished' });
  });

  test('as CSV can be uploaded and planned again', async () => {
    const { id, schedule } = await plannedOf(await estimated(partsOf('R', 20)));
    const again = await plannedOf(await estimated((await spindle.get(`/v1/schedules/${id}.csv`)).text));
    const said = ({ operations }: Schedule) => operations.map(({ id: operation, quantity, time_min: minutes, process }) => [operation, quantity, minutes, process]).sort((a, b) => (String(a[0]) < String(b[0]) ? -1 : 1));
    expect(said(again.schedule)).toEqual(said(schedule));
    expect(again.schedule.orders.map(({ id: order, due, priority }) => `${order} ${due} ${priority}`).sort()).toEqual(schedule.orders.map(({ id: order, due, priority }) => `${order} ${due} ${priority}`).sort());
  });

  test('takes times without an offset for the shop\'s', async () => {
    const { schedule } = await plannedOf(await estimated(`${header}\nT,12,8,4,steel,2,milling,1,2026-11-26T14:00,,,\n`));
    expect(schedule.orders[0]?.due).toBe('2026-11-26T14:00:00+01:00');
  });

  test('leaves out what cannot be made, with the reason, and plans the rest', async () => {
    const batch = await estimated(`${partsOf('U', 9)}X,12,8,4,steel,2,grinding,1,2026-11-30,,,\nY,12,8,4,steel,2,milling,0,2026-11-30,,,\nZ,12,8,4,steel,2,milling,1,2026-11-30,,UO0,60\n`);
    const { schedule } = await plannedOf(batch);
    const reasons = new Map(schedule.unplanned.map(({ part_id: part, line, reason }) => [part, `${line}: ${reason}`]));
    expect(reasons.get('X')).toMatch(/^11: no machine of the shop does grinding/);
    expect(reasons.get('Y')).toMatch(/^12: .*expected a whole number of pieces from 1/);
    expect(reasons.get('Z')).toMatch(/^13: its order jumps from operation 30 to 60/);
    expect([...reasons.keys()].sort()).toEqual(['U0', 'U1', 'U2', 'X', 'Y', 'Z']);
    expect(schedule.operations).toHaveLength(6);
  });

  test('can hold several batches, and be made for a shop of its own', async () => {
    const [one, two] = [await estimated(partsOf('A', 12)), await estimated(partsOf('B', 12))];
    const own = { time_zone: 'UTC', machines: [{ name: 'Everything', processes }] };
    const both = await plannedOf(one, { with_batches: [two], objective: 'makespan', time_limit_s: 0.5 });
    const alone = await plannedOf(one, { shop: own, objective: 'makespan', time_limit_s: 0.5 });
    expect([both.schedule.figures.operations, alone.schedule.figures.operations]).toEqual([24, 12]);
    expect(new Set(alone.schedule.operations.map(({ machine }) => machine))).toEqual(new Set(['Everything']));
    expect(alone.schedule.status).toBe('optimal');
    expect(json(await spindle.get(`/v1/shop?version=${alone.schedule.shop_version}`), shopSchema).machines).toHaveLength(1);
    expect(json(await spindle.get('/v1/shop'), shopSchema).name).toBe('Example shop');
    const comparison = json(await spindle.get(`/v1/schedules/${both.id}/comparison?before=${alone.id}`), scheduleComparisonSchema.safeExtend({ before: z.string(), after: z.string() }));
    expect(comparison).toMatchObject({ before: alone.id, after: both.id, moved: 12, same_shop: false });
    expect(comparison.added).toHaveLength(12);
  });

  test('that replaces another keeps what it can, runs and is locked', async () => {
    const batch = await estimated(partsOf('K', 20));
    const before = await plannedOf(batch);
    const later = await estimated(`${partsOf('K', 20)}NEW,12,8,4,steel,2,milling,1,2026-11-26,1,,\n`);
    const kept = await plannedOf(later, { replans: before.id, keep: 'least_disruption' });
    expect(kept.schedule.status).toBe('kept');
    const changes = json(await spindle.get(`/v1/schedules/${kept.id}/comparison`), z.looseObject({ moved: z.number(), added: z.array(z.string()) }));
    expect(changes).toMatchObject({ moved: 0, added: ['NEW'] });

    const running = before.schedule.operations.find(({ start_min: start }) => start === 0);
    const locked = before.schedule.operations.find(({ machine, start_min: start, operation, order_id: order, part_id: part }) => machine !== running?.machine && start > 0 && order === part && operation === 10);
    const fixed = await plannedOf(batch, { running: [{ id: running?.id, machine: running?.machine, remaining_min: 30 }], locked: [{ id: locked?.id, machine: locked?.machine }] });
    expect(fixed.schedule.operations.find(({ id }) => id === running?.id)).toMatchObject({ machine: running?.machine, start_min: 0, state: 'running', work_min: 30 });
    expect(fixed.schedule.operations.find(({ id }) => id === locked?.id)).toMatchObject({ machine: locked?.machine, state: 'locked' });
  });
});

describe('a request is refused', () => {
  let batch: string;
  beforeAll(async () => void (batch = await estimated(partsOf('Q', 5))));

  test.each<[string, unknown, string, RegExp]>([
    ['of no time', { time_limit_s: 0 }, 'time_limit_s', /expected .*0\.1/],
    ['of an unknown objective', { objective: 'profit' }, 'objective', /expected one of tardiness, makespan, finish, setup/],
    ['of an unknown field', { objectve: 'makespan' }, 'objectve', /did you mean "objective"/],
    ['whose start is no time', { start: 'Monday' }, 'start', /write it as 2026-11-30/],
    ['that keeps nothing', { keep: 'least_disruption' }, 'keep', /name it under replans/],
    ['that replaces nothing', { replans: '00000000-0000-4000-8000-000000000000' }, 'replans', /name a schedule that has succeeded/],
    ['that is a list', [], '', /expected an object/],
  ])('%s, with place and fix', async (_name, body, field, fix) => {
    const { code, status, errors, detail } = problem(await spindle.post(`/v1/batches/${batch}/schedules`, body));
    expect([status, code]).toEqual([422, 'invalid_schedule_request']);
    const issue = errors?.find((one) => one.field === field);
    expect(`${issue?.message} ${issue?.fix} ${detail}`).toMatch(fix);
  });

  test('for a batch that is not there, and for too many parts with the limit', async () => {
    expect(problem(await spindle.post('/v1/batches/00000000-0000-4000-8000-000000000000/schedules', {}))).toMatchObject({ code: 'not_found' });
    expect(problem(await spindle.post(`/v1/batches/${batch}/schedules`, { with_batches: ['00000000-0000-4000-8000-000000000000'] }))).toMatchObject({ code: 'not_found' });
    const large = await estimated(partsOf('L', 20_001));
    expect(problem(await spindle.post(`/v1/batches/${large}/schedules`, {}))).toMatchObject({ status: 413, code: 'too_many_operations', detail: expect.stringContaining('20,001 operations are more than the 20,000') as unknown });
  });

  test('for a shop of its own that is wrong', async () => {
    expect(problem(await spindle.post(`/v1/batches/${batch}/schedules`, { shop: { machines: [] } }))).toMatchObject({ code: 'invalid_shop' });
  });

  test.each<[string, object, RegExp]>([
    ['an operation that is not there', { locked: [{ id: 'Q99', machine: 'Mill 1' }] }, /no operation "Q99" is planned/],
    ['a machine that is not there', { locked: [{ id: 'Q4', machine: 'Mill 9' }] }, /there is no machine "Mill 9"/],
  ])('once it is read, where it fixes %s', async (_name, more, message) => {
    const view = await ended((await submit(batch, more)).id);
    expect(view).toMatchObject({ state: 'failed', code: 'invalid_schedule_request', schedule: null });
    expect(view.errors[0]?.message).toMatch(message);
    expect(view.errors[0]?.fix).not.toBe('');
    expect(problem(await spindle.get(`/v1/schedules/${view.id}.csv`))).toMatchObject({ code: 'not_found', detail: expect.stringContaining('failed') as unknown });
  });

  test('once it is read, where no part can be planned', async () => {
    const none = await estimated(`${header}\nX,12,8,4,steel,2,grinding,1,2026-11-30,,,\n`);
    expect(await ended((await submit(none)).id)).toMatchObject({ state: 'failed', code: 'nothing_to_plan' });
  });
});

describe('while a schedule is searched', () => {
  test('estimates are answered, and a cancel ends it at once for the next', async () => {
    const batch = await estimated(partsOf('C', 60));
    const { id } = await submit(batch, { time_limit_s: 60 });
    const { id: waiting } = await submit(batch, { time_limit_s: 0.2 });
    await until('it has a schedule', async () => ((await look(id)).progress?.objective ?? null) !== null);
    for (let count = 0; count < 20; count++) expect((await spindle.get(`${exampleQuery}&x=${20 + count / 10}`.replace('x=30&', ''))).status).toBe(200);
    expect(problem(await spindle.get(`/v1/schedules/${id}.csv`))).toMatchObject({ code: 'not_ready_yet' });
    expect(json(await cancel(id), scheduleSummaryViewSchema, 202)).toMatchObject({ state: 'cancelled', summary: null });
    expect((await ended(waiting)).state).toBe('succeeded');
    expect((await look(id)).state).toBe('cancelled');
    const { id: never } = await submit(batch, { time_limit_s: 60 });
    expect(json(await cancel(never), scheduleSummaryViewSchema, 202).state).toBe('cancelled');
  });

  test('a worker that is killed leaves it to another, and one that is stopped hands it back', { timeout: 120_000 }, async () => {
    const own = await RunningSpindle.start(redis);
    expect((await ask(`${own.url}/v1/shop`, { method: 'PUT', body: JSON.stringify(shop), headers: { 'content-type': 'application/json' } })).status).toBe(200);
    const batch = await estimated(partsOf('D', 30), own);
    const { id } = await submit(batch, { time_limit_s: 6 }, own);
    const started = async (): Promise<string | null> => (await look(id, own)).started_at;
    await until('it is searched', async () => (await look(id, own)).progress !== null);
    const first = await started();
    await own.workers.pop()?.kill();
    await own.addWorker();
    await until('another worker has begun with it', async () => (await started()) !== first && (await look(id, own)).progress !== null, 30_000);
    const second = await started();
    const stopped = own.workers.pop();
    await stopped?.stop();
    expect((await look(id, own)).state).toBe('queued');
    await own.addWorker();
    expect(await ended(id, own)).toMatchObject({ state: 'succeeded', summary: { operations: 30 } });
    expect(await started()).not.toBe(second);
    await own.stop();
  });
});
