import { beforeAll, describe, expect, test } from 'vitest';
import type { Schedule } from '../../../common/scheduling/schedule.ts';
import { checkShopSchedule } from '../../../worker/planning/check-shop-schedule.ts';
import { exampleRows, exampleShop, partsOf, partsOfRows, planned, shopOf } from '../../support/planned-shops.ts';

test.each([['0x10', '16'], ['0b11', '3'], ['0o7', '7'], ['1e400', '2e400'], ['5', '5.0'], ['.5', '+0.50'], ['1.', '1e0'], ['', '0'], ['Infinity', '1e400'], [' a', 'a '], ['1_0', '10']])('the values "%s" and "%s" are as different for the checker as for the planner', async (one, other) => {
  const shop = shopOf([{ name: 'M', processes: ['p'] }], { setups: [{ feature: 'd', default: 30 }] });
  // planParts throws where the checker disagrees.
  const schedule = await planned(shop, partsOf(`part_id,d,process,time_min\nA,${one},p,10\nB,${other},p,10`));
  expect(schedule.operations).toHaveLength(2);
});

describe('the checker refuses a schedule', () => {
  const parts = partsOfRows(exampleRows(40, 3));
  let whole: Schedule;
  beforeAll(async () => {
    const free = await planned(exampleShop(), parts, { draws: 20 });
    const later = free.operations.find(({ process, start_min: start }) => process === 'milling' && start > 300);
    const first = free.operations.find(({ process, operation, start_min: start }) => process === 'turning' && operation === 10 && start === 0);
    if (!later || !first) throw new Error('the example has no such operations');
    whole = await planned(exampleShop(), parts, {
      draws: 20, finished: ['P1'],
      locked: [{ id: later.id, machine: later.machine }],
      running: [{ id: first.id, machine: first.machine, remaining_min: 30 }],
    });
  });

  const onTime = ({ orders }: Schedule): Schedule['orders'][number] => {
    const order = orders.find(({ late_min: late }) => late === 0);
    if (!order) throw new Error('every order is late');
    return order;
  };
  const first = <T>(values: readonly T[]): T => {
    const [value] = values;
    if (value === undefined) throw new Error('there is none');
    return value;
  };

  test('only where it is wrong', () => {
    expect(checkShopSchedule(whole, exampleShop(), parts)).toEqual([]);
    expect(whole.late.length).toBeGreaterThan(0);
  });

  test.each<[string, (schedule: Schedule) => void, RegExp]>([
    ['without a part', (s) => { s.operations.pop(); }, /^2 parts are neither planned nor named, and 1 finished: /],
    ['with a part that was not given', (s) => { first(s.operations).part_id = 'none'; }, /^none of line \d+ is planned or left out more often than it was given/],
    ['with a part left out that is planned', (s) => { const { part_id: part, order_id: order } = first(s.operations); s.unplanned.push({ batch_id: null, line: 2, part_id: part, order_id: order, operation: null, reason: 'r', fix: 'f' }); }, /is planned or left out more often/],
    ['with other minutes than were estimated', (s) => { first(s.operations).time_min += 1; }, /is not planned as any part was given/],
    ['with a part of another line', (s) => { first(s.operations).line = 99; }, /is not planned as any part was given/],
    ['with another due date', (s) => { onTime(s).due = '2027-01-01T00:00:00+01:00'; }, /^order .* is due 2027/],
    ['with another release', (s) => { s.options.finished = []; onTime(s).release = '2026-11-23T06:30:00+01:00'; }, /^order .* is released 2026-11-23T06:30/],
    ['with another priority', (s) => { s.options.finished = []; onTime(s).priority = 7; }, /^order .* has priority 7/],
    ['with fewer pieces', (s) => { first(s.operations).quantity += 1; }, /is not planned as any part was given/],
    ['that starts at another time', (s) => { s.options.start = '2026-11-23T07:01'; }, /^the plan starts at/],
    ['with another objective than asked for', (s) => { s.options.objective = 'finish'; }, /^the objective is tardiness, not finish/],
    ['in another time zone', (s) => { s.time_zone = 'UTC'; }, /^the schedule is in UTC, the shop in Europe\/Berlin/],
    ['with a locked operation elsewhere', (s) => { first(s.options.locked).machine = 'Lathe 2'; }, /is locked on .*, not locked on Lathe 2/],
    ['with a locked operation at another time', (s) => { first(s.options.locked).start = '2027-01-01T06:00'; }, /and is locked at 2027/],
    ['without a locked operation', (s) => { first(s.options.locked).id = 'none'; }, /^none is undefined on undefined, not locked/],
    ['with an operation locked that nobody locked', (s) => { s.options.locked = []; }, /is locked, which nobody asked for/],
    ['with a running operation elsewhere', (s) => { first(s.options.running).machine = 'Lathe 2'; }, /not running on Lathe 2/],
    ['with more left of a running operation', (s) => { first(s.options.running).remaining_min = 20; }, /has 20 min left, not 30/],
    ['with less left of a running operation by the clock', (s) => { first(s.options.running).remaining_min = undefined; }, /min left, not 30/],
    ['with a finished operation', (s) => { s.options.finished.push(first(s.operations).id); }, /is finished, and planned/],
    ['with an operation twice', (s) => { s.operations.push(structuredClone(first(s.operations))); }, /is planned twice/],
    ['with an operation in other minutes', (s) => { first(s.operations).start_min += 1; }, /not from minute/],
    ['with an order twice', (s) => { s.orders.push(structuredClone(onTime(s))); }, /^order .* is listed twice/],
    ['without an order', (s) => { s.orders.splice(s.orders.indexOf(onTime(s)), 1); }, /which is not listed/],
    ['with an order of nothing', (s) => { s.orders.push({ ...onTime(s), id: 'none' }); }, /^order none has no operation/],
    ['with another weight', (s) => { onTime(s).weight = 7; }, /weighs .*, not 7/],
    ['with another finish in minutes', (s) => { onTime(s).finish_min += 1; }, /ends in minute/],
    ['with a late order without a reason', (s) => { s.late.pop(); }, /is late without a reason/],
    ['with two reasons for one order', (s) => { s.late.push(first(s.late)); }, /is late for two reasons/],
    ['with a reason for an order on time', (s) => { first(s.late).order_id = onTime(s).id; }, /is said to be .* min late, and is 0/],
    ['with reasons for less time', (s) => { first(first(s.late).waits).minutes -= 5; }, /are explained/],
    ['with fewer operations counted', (s) => { s.figures.operations--; }, /^the number of operations is/],
    ['with fewer orders counted', (s) => { s.figures.orders--; }, /^the number of orders is/],
    ['that ends at another time', (s) => { s.figures.finish = s.start; }, /^the plan ends at/],
    ['with other late orders counted', (s) => { s.figures.late_orders = 99; }, /^the number of late orders is .*, not 99/],
    ['with another tardiness', (s) => { s.figures.tardiness_min += 1; }, /^the weighted tardiness is/],
    ['with another largest lateness', (s) => { s.figures.largest_late_min += 1; }, /^the largest lateness is/],
    ['with other changeovers', (s) => { s.figures.changeover_min += 1; }, /^the changeover time is/],
    ['with other work of a process', (s) => { s.figures.work_by_process['milling'] = 1; }, /^the work of milling is/],
    ['with work of a process that nothing needs', (s) => { s.figures.work_by_process['grinding'] = 1; }, /^the work of grinding is 0, not 1/],
    ['with figures of other machines', (s) => { s.figures.machines.pop(); }, /^the figures are of the machines/],
    ['with other operations of a machine', (s) => { first(s.figures.machines).operations++; }, /^the number of operations of Lathe 1 is/],
    ['with other hours of a machine', (s) => { first(s.figures.machines).available_min += 1; }, /^the available time of Lathe 1 is/],
    ['with other work of a machine', (s) => { first(s.figures.machines).work_min += 1; }, /^the work of Lathe 1 is/],
    ['with other changeovers of a machine', (s) => { first(s.figures.machines).changeover_min += 1; }, /^the changeover time of Lathe 1 is/],
    ['with another utilisation', (s) => { first(s.figures.machines).utilisation = 0; }, /^the utilisation of Lathe 1 is/],
    ['with another share of changeovers', (s) => { first(s.figures.machines).changeover_share = 1; }, /^the share of changeovers of Lathe 1 is/],
    ['with another finish of a machine', (s) => { first(s.figures.machines).finish = null; }, /^the finish of Lathe 1 is not null/],
    ['with another bottleneck', (s) => { s.figures.bottleneck = null; }, /^the bottleneck is not null/],
    ['that is optimal with a gap', (s) => { s.status = 'optimal'; }, /^the schedule is said to be optimal/],
    ['that is kept though none was to be', (s) => { s.status = 'kept'; }, /^the schedule is said to be kept/],
    ['with another gap', (s) => { s.gap = 0; }, /^the gap is 1, not 0/],
    ['without its simulation', (s) => { s.simulation = null; }, /the simulation is missing/],
    ['with no chance of an order', (s) => { const due = s.orders.find(({ on_time: chance }) => chance !== null); if (due) due.on_time = null; }, /to be on time is null/],
    ['with a chance below that of all', (s) => { if (s.simulation) s.simulation.all_on_time = 1; }, /less often than all orders together/],
    ['with finishes out of order', (s) => { onTime(s).finish_10 = '2030-01-01T00:00:00+01:00'; }, /^the likely finishes/],
  ])('%s', (_name, change, expected) => {
    const schedule = structuredClone(whole);
    change(schedule);
    expect(checkShopSchedule(schedule, exampleShop(), parts)).toContainEqual(expect.stringMatching(expected));
  });
});
