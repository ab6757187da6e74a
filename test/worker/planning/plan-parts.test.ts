import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { scheduleSchema } from '../../../common/scheduling/schedule.ts';
import { type Shop, weekdays } from '../../../common/scheduling/shop.ts';
import { checkShopSchedule } from '../../../worker/planning/check-shop-schedule.ts';
import type { SolveProblem } from '../../../worker/planning/plan-parts.ts';
import { solve } from '../../../worker/scheduling/solve.ts';
import { anyPlan, exampleRows, exampleShop, planned, partsOf, partsOfRows, shopOf } from '../../support/planned-shops.ts';

// Starts just before the clock changes in each zone, so that plans run over it.
const starts: Record<string, string[]> = {
  'Europe/Berlin': ['2026-03-27T06:00', '2026-10-23T06:00'],
  'America/New_York': ['2026-03-06T06:00', '2026-10-30T06:00'],
  'Australia/Lord_Howe': ['2026-04-03T06:00', '2026-10-02T06:00'],
};
const zoneAndStart = fc.constantFrom(...Object.entries(starts).flatMap(([zone, times]) => times.map((start) => ({ zone, start }))));

const shift = fc.record({ days: fc.uniqueArray(fc.constantFrom(...weekdays), { minLength: 2 }), night: fc.boolean() }).map(({ days, night }) => ({ weekly: [{ days, from: night ? '21:30' : '06:00', to: night ? '05:45' : '14:15' }] }));
const machine = fc.record({ processes: fc.uniqueArray(fc.constantFrom('a', 'b'), { minLength: 1 }), speed: fc.constantFrom(0.8, 1, 1.3), calendar: fc.constantFrom('c0', 'c1', undefined), closed: fc.constantFrom([], [{ from: '2026-03-30', to: '2026-03-30' }]) });
const row = fc.record({ process: fc.constantFrom('a', 'b'), material: fc.constantFrom('x', 'y', 'z'), quantity: fc.integer({ min: 1, max: 5 }), time_min: fc.integer({ min: 1, max: 300 }), setup_min: fc.integer({ min: 0, max: 30 }), due: fc.constantFrom('', '2026-03-29', '2026-10-26T08:00'), priority: fc.integer({ min: 1, max: 3 }), order: fc.integer({ min: 0, max: 8 }) });

/** Shops and parts of every mix of features that fit together. */
const plans = fc.record({ place: zoneAndStart, calendars: fc.tuple(shift, shift), machines: fc.array(machine, { minLength: 1, maxLength: 4 }), rows: fc.array(row, { minLength: 1, maxLength: 14 }), seed: fc.integer({ min: 0, max: 1_000 }) })
  .map(({ place, calendars, machines, rows, seed }) => {
    const all = [...machines, { processes: ['a', 'b'], speed: 1, calendar: 'c0', closed: [] }];
    const shop: Shop = shopOf(all.map(({ calendar, ...one }, i) => ({ ...one, name: `M${i}`, ...(calendar === undefined ? {} : { calendar }) })), {
      time_zone: place.zone, calendars: { c0: calendars[0], c1: calendars[1] },
      setups: [{ feature: 'material', default: 10, changes: [{ from: 'x', to: 'y', minutes: 40 }] }, { feature: 'process', default: 15, machines: ['M0'] }],
    });
    const count = new Map<number, number>();
    const parts = partsOfRows(rows.map(({ order, ...one }, i) => {
      // Orders 0 to 3 are routings, all others single operations.
      const number = (count.get(order) ?? 0) + 1;
      if (order < 4) count.set(order, number);
      return { part_id: `P${i}`, order_id: order < 4 ? `O${order}` : '', operation: order < 4 ? number * 10 : '', ...one };
    }));
    return { shop, parts, start: place.start, seed };
  });

test('any plan of any shop passes both checkers, over changes of the clock, and has the published shape', async () => {
  await fc.assert(fc.asyncProperty(plans, async ({ shop, parts, start, seed }) => {
    // planParts throws where either checker finds a fault.
    const schedule = await planned(shop, parts, { start, draws: 20 }, { solve: anyPlan(seed) });
    expect(scheduleSchema.safeParse(JSON.parse(JSON.stringify(schedule))).error).toBeUndefined();
    expect(schedule.operations).toHaveLength(parts.length);
    const ready = new Map(schedule.orders.map((order) => [order.id, Math.max(0, order.release === null ? 0 : (Date.parse(order.release) - Date.parse(schedule.start)) / 60_000)]));
    for (const late of schedule.late) {
      const finish = schedule.orders.find(({ id }) => id === late.order_id)?.finish_min ?? NaN;
      expect(late.waits.reduce((sum, { minutes }) => sum + minutes, 0)).toBeCloseTo(finish - (ready.get(late.order_id) ?? 0), 1);
    }
  }), { numRuns: 120 });
}, 60_000);

test('the shape of a schedule is what other releases know', async () => {
  const { z } = await import('zod');
  await expect(`${JSON.stringify(z.toJSONSchema(scheduleSchema, { io: 'input' }), null, 2)}\n`).toMatchFileSnapshot('../../common/scheduling/schedule.snapshot.json');
});

describe('the checker of schedules refuses one', () => {
  const broken = async (change: (schedule: Awaited<ReturnType<typeof planned>>) => void, request: object = {}): Promise<string[]> => {
    const parts = partsOfRows(exampleRows(30, 3));
    const schedule = await planned(exampleShop(), parts, request);
    expect(checkShopSchedule(schedule, exampleShop(), parts)).toEqual([]);
    change(schedule);
    return checkShopSchedule(schedule, exampleShop(), parts);
  };
  const shifted = (time: string, minutes: number): string => new Date(Date.parse(time) + minutes * 60_000).toISOString();

  test.each<[string, (schedule: Awaited<ReturnType<typeof planned>>) => void, RegExp]>([
    ['on a machine that cannot do it', ({ operations }) => { const milling = operations.find(({ process }) => process === 'milling'); if (milling) milling.machine = 'Lathe 1'; }, /needs milling, which Lathe 1 cannot do/],
    ['on a machine that is not there', ({ operations: [first] }) => { if (first) first.machine = 'Lathe 9'; }, /Lathe 9, which the shop does not have/],
    ['that ends too early', ({ operations: [first] }) => { if (first) first.end = shifted(first.end, -5); }, /working minutes on .* instead of/],
    ['whose work is shortened', ({ operations: [first] }) => { if (first) first.work_min -= 1; }, /takes .* min instead of/],
    ['that overlaps', ({ operations }) => { const [first, second] = operations.filter((operation) => operation.machine === 'Lathe 1'); if (first && second) { second.start = shifted(first.start, 1); second.setup_start = null; } }, /starts while .* is on Lathe 1/],
    ['at night', ({ operations: [first] }) => { if (first) { first.start = '2026-11-24T02:00:00+01:00'; first.end = '2026-11-24T03:00:00+01:00'; } }, /starts or ends in a break of Lathe 1/],
    ['without a setup', ({ operations }) => { const changed = operations.find(({ changeover_min: setup }) => setup > 0); if (changed) changed.changeover_min = 0; }, /the setup for .* takes 0 min instead of/],
    ['before its release', ({ orders: [first] }) => { if (first) first.release = '2027-01-01T00:00:00+01:00'; }, /before its order is ready for it/],
    ['with another lateness', ({ orders: [first] }) => { if (first) first.late_min += 60; }, /min late, not/],
    ['with another objective', (schedule) => { schedule.objective += 1e4; }, /the objective is/],
    ['with another makespan', ({ figures }) => { figures.makespan_min += 1; }, /the makespan is/],
    ['with a bound above the objective', (schedule) => { schedule.lower_bound = schedule.objective + 1; }, /the bound .* is above the objective/],
  ])('%s', async (_name, change, expected) => {
    expect(await broken(change)).toContainEqual(expect.stringMatching(expected));
  });
});

test('the solver plans the example shop better than the rule of due dates, and the same again by iterations', async () => {
  const parts = partsOfRows(exampleRows(40, 4));
  const rule = await planned(exampleShop(), parts);
  const search = { solve: (problem: Parameters<typeof solve>[0]) => solve(problem, { seed: 1, timeLimit: 10_000, iterations: 300, now: () => performance.now() }) };
  const [one, two] = [await planned(exampleShop(), parts, {}, search), await planned(exampleShop(), parts, {}, search)];
  expect(one.objective).toBeLessThan(rule.objective);
  expect(one.operations).toEqual(two.operations);
}, 60_000);

test('a plan that lasts longer than its calendars were laid out is planned again with longer ones', async () => {
  const calendars = { rare: { weekly: [{ days: ['mon'], from: '06:00', to: '06:10' }], exceptions: [{ date: '2028-11-27', shifts: [] }] } };
  const shop = shopOf([{ name: 'M', processes: ['p'], calendar: 'rare' }], { time_zone: 'Europe/Berlin', calendars });
  // 110 Mondays of ten minutes from 23 November 2026 on, of which one two years later is closed: the last is 110 weeks after the first.
  const schedule = await planned(shop, partsOf(`part_id,quantity,process,time_min\nA,${110 * 10},p,1`), { start: '2026-11-23' });
  expect(schedule.figures.finish).toBe('2029-01-01T06:10:00+01:00');
});

test.each<[string, string, object, RegExp]>([
  ['a start that is no time', 'invalid_schedule_request', { start: 'soon' }, /start: "soon" is no date and time/],
  ['a start before 1970', 'invalid_schedule_request', { start: '1926-11-23T06:00' }, /start: "1926-11-23T06:00" is no date and time; write it as .*, from 1970 on/],
  ['a start in another century', 'invalid_schedule_request', { start: '2126-11-23' }, /start: "2126-11-23" is more than 20 years from now; correct its year/],
  ['least disruption of nothing', 'invalid_schedule_request', { keep: 'least_disruption' }, /needs the earlier schedule/],
])('%s is refused', async (_name, code, request, message) => {
  await expect(planned(exampleShop(), partsOfRows(exampleRows(3, 1)), request)).rejects.toMatchObject({ code, message: expect.stringMatching(message) as string });
});

describe('work for which there are too few hours', () => {
  const never: SolveProblem = () => Promise.reject(new Error('searched'));
  const twoDays = { dated: { exceptions: ['2026-11-24', '2026-11-25'].map((date) => ({ date, shifts: [{ from: '06:00', to: '14:00' }] })) } };

  test('of a calendar that ends is refused before the search, with the machine, its last day and what to do', async () => {
    const shop = shopOf([{ name: 'M', processes: ['p'], calendar: 'dated' }, { name: 'N', processes: ['q'] }], { calendars: twoDays });
    await expect(planned(shop, partsOf('process,time_min\np,400\np,300\np,600\nq,50'), {}, { solve: never })).rejects.toMatchObject({
      code: 'invalid_schedule_request',
      issues: [{ field: 'machines[0].calendar', value: 'dated', message: expect.stringMatching(/the calendar of M has no working hours after 2026-11-25, and one operation is left over/) as string, fix: expect.stringMatching(/weekly shifts or further dates/) as string }],
    });
  });

  test('because of a holiday of many years names that', async () => {
    const calendars = { day: { weekly: [{ days: ['mon'], from: '06:00', to: '14:00' }], exceptions: [{ date: '2026-11-24', shifts: [{ from: '06:00', to: '07:00' }] }] } };
    const holidays = ['2026-12-25', { from: '2026-01-01', to: '2126-12-01' }];
    const shop = shopOf([{ name: 'M', processes: ['p'], calendar: 'day' }, { name: 'N', processes: ['q'], calendar: 'day' }], { calendars, holidays });
    await expect(planned(shop, partsOf('process,time_min\np,400\nq,500'), {}, { solve: never })).rejects.toMatchObject({
      issues: [{ field: 'holidays[1]', message: expect.stringMatching(/the holiday from 2026-01-01 to 2126-12-01 leaves too few working hours/) as string }],
    });
  });

  test('within forty years is refused, too', async () => {
    const shop = shopOf([{ name: 'M', processes: ['p'] }]);
    await expect(planned(shop, partsOf(`process,quantity,time_min\n${'p,1000,540\n'.repeat(50)}`), {}, { solve: never })).rejects.toMatchObject({ issues: [{ field: 'machines[0]', message: expect.stringMatching(/the work for M lasts beyond 40 years/) as string }] });
  });

  test('by a plan that the search may better is searched once', async () => {
    // By due dates, 240 and 180 would go on the first of two days of 480 minutes, and 240 and 300 would not fit on the second.
    const shop = shopOf([{ name: 'M', processes: ['p'], calendar: 'dated', pausing: false }], { calendars: twoDays });
    let searches = 0;
    const counted: SolveProblem = (problem) => {
      searches++;
      return solve(problem, { seed: 1, timeLimit: 10_000, iterations: 2_000, now: () => performance.now() });
    };
    const parts = partsOf('part_id,process,time_min,due\nA,p,240,2026-11-24\nB,p,180,2026-11-24\nC,p,240,2026-11-25\nD,p,300,2026-11-25');
    const { figures } = await planned(shop, parts, { objective: 'makespan' }, { solve: counted });
    expect(figures.finish).toBe('2026-11-25T14:00:00+00:00');
    expect(searches).toBe(1);
  });
});

test('a shop that is closed for longer than a quarter is planned from when it opens', async () => {
  const shop = shopOf([{ name: 'M', processes: ['p'], calendar: 'days' }], { holidays: [{ from: '2026-11-01', to: '2027-04-30' }], calendars: { days: { weekly: [{ days: ['mon'], from: '06:00', to: '14:00' }] } } });
  const { operations, unplanned } = await planned(shop, partsOf('process,time_min\np,60'));
  expect(unplanned).toEqual([]);
  expect(operations).toMatchObject([{ start: '2027-05-03T06:00:00+00:00' }]);
});

test('an operation may be locked on a date far behind all other work', async () => {
  const shop = shopOf([{ name: 'M', processes: ['p'], calendar: 'days' }], { calendars: { days: { weekly: [{ days: ['mon'], from: '06:00', to: '14:00' }], exceptions: [{ date: '2027-06-05', shifts: [{ from: '06:00', to: '14:00' }] }] } } });
  const { operations } = await planned(shop, partsOf('part_id,process,time_min\nA,p,60'), { locked: [{ id: 'A', machine: 'M', start: '2027-06-05T08:00' }] });
  expect(operations).toMatchObject([{ start: '2027-06-05T08:00:00+00:00' }]);
});

describe('a search whose plan is too long for its calendars', () => {
  test('goes on from it with longer ones, in the time that is left', async () => {
    let clock = Date.parse('2026-11-22T12:00:00Z');
    const given: number[] = [];
    const late: SolveProblem = (_problem, seconds, incumbent) => {
      given.push(seconds);
      clock += 4_000;
      if (incumbent) return Promise.resolve({ solution: incumbent, lowerBound: 0, status: 'feasible' });
      const start = Float64Array.of(200 * 86_400);
      const end = start.map((tick) => tick + 3_600);
      return Promise.resolve({ solution: { machine: Int32Array.of(0), start, end, objective: end[0] ?? 0, makespan: end[0] ?? 0 }, lowerBound: 0, status: 'feasible' });
    };
    const calendars = { days: { weekly: [{ days: [...weekdays], from: '06:00', to: '18:00' }] } };
    await planned(shopOf([{ name: 'M', processes: ['p'], calendar: 'days' }], { calendars }), partsOf('process,time_min\np,60'), { time_limit_s: 10 }, { solve: late, now: () => clock });
    expect(given).toEqual([10, 6]);
  });
});

describe('planning again with keep "best"', () => {
  test('starts from the earlier plan and never comes out worse', async () => {
    const parts = partsOfRows(exampleRows(60, 4));
    const search = (iterations: number): SolveProblem => (problem, _seconds, incumbent) => solve(problem, { seed: 1, timeLimit: 60_000, iterations, now: () => performance.now(), ...(incumbent ? { incumbent } : {}) });
    const before = await planned(exampleShop(), parts, {}, { solve: search(20_000) });
    const after = await planned(exampleShop(), parts, {}, { solve: search(10), earlier: before.operations });
    const anew = await planned(exampleShop(), parts, {}, { solve: search(10) });
    expect(anew.objective).toBeGreaterThan(before.objective);
    expect(after.objective).toBeLessThanOrEqual(before.objective);
  }, 60_000);

  test('does not start from a plan that is not feasible any more', async () => {
    const shop = shopOf([{ name: 'M', processes: ['p'] }, { name: 'N', processes: ['p'] }]);
    const parts = partsOf('part_id,order_id,operation,process,time_min\nA,O,10,p,60\nB,O,20,p,60\nX,,,p,240');
    const before = await planned(shop, parts, { locked: [{ id: 'X', machine: 'M', start: '2026-11-23T08:00Z' }] });
    // Behind X on M, the first operation comes too late for the second, which is locked.
    const earlier = before.operations.map((operation) => ({ ...operation, machine: 'M', start: operation.id === 'X' ? '2026-11-23T06:00:00Z' : '2026-11-23T10:00:00Z' }));
    const incumbents: unknown[] = [];
    const noting: SolveProblem = (problem, seconds, incumbent) => {
      incumbents.push(incumbent);
      return solve(problem, { seed: 1, timeLimit: 1_000 * seconds, iterations: 1_000, now: () => performance.now() });
    };
    await planned(shop, parts, { locked: [{ id: 'O/20', machine: 'N', start: '2026-11-23T08:00Z' }] }, { earlier, solve: noting });
    expect(incumbents).toEqual([undefined]);
  });
});

test('a faulty answer of a solver is an error, never a schedule', async () => {
  const wrong = planned(exampleShop(), partsOfRows(exampleRows(5, 1)), {}, {
    solve: async (problem) => {
      const { solution, ...rest } = await anyPlan(1)(problem, 1);
      return { ...rest, solution: { ...solution, start: solution.start.map((start) => start + 1) } };
    },
  });
  await expect(wrong).rejects.toMatchObject({ code: 'internal', message: expect.stringMatching(/does not hold and is thrown away/) as string });
});
