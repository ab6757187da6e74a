import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareSchedules } from '../../../common/scheduling/compare-schedules.ts';
import { leastDisruption } from '../../../worker/planning/least-disruption.ts';
import { checkSchedule } from '../../../worker/scheduling/check-schedule.ts';
import { anyPlan, exampleRows, exampleShop, planned, partsOf, partsOfRows, problemOf, shopOf } from '../../support/planned-shops.ts';

test('the same parts on the same shop stay as they are', async () => {
  const records = partsOfRows(exampleRows(40, 5));
  await fc.assert(fc.asyncProperty(fc.integer({ min: 0, max: 1_000 }), async (seed) => {
    const before = await planned(exampleShop(), records, {}, { solve: anyPlan(seed) });
    const after = await planned(exampleShop(), records, { keep: 'least_disruption' }, { earlier: before.operations });
    expect(after.status).toBe('kept');
    expect(compareSchedules(before, after)).toMatchObject({ moved: 0, unchanged: 40, added: [], removed: [] });
  }), { numRuns: 15 });
}, 30_000);

test('new parts are put in, and what was there keeps machine and order', async () => {
  const rows = exampleRows(60, 6);
  const before = await planned(exampleShop(), partsOfRows(rows.slice(0, 45)));
  const after = await planned(exampleShop(), partsOfRows(rows), { keep: 'least_disruption' }, { earlier: before.operations });
  const comparison = compareSchedules(before, after);
  expect(comparison.moved).toBe(0);
  expect(comparison.added).toHaveLength(15);
  const kept = new Set(before.operations.map(({ id }) => id));
  expect(after.operations.filter(({ id }) => kept.has(id)).map(({ id }) => id)).toEqual(before.operations.map(({ id }) => id));
});

test('a new part goes where it does least harm: before what is due later, on the faster machine', async () => {
  const shop = shopOf([{ name: 'slow', processes: ['p'] }, { name: 'fast', processes: ['p'], speed: 2 }]);
  const csv = 'part_id,process,time_min,due\nA,p,120,2026-11-25\nB,p,120,2026-11-25\n';
  const before = await planned(shop, partsOf(csv), { locked: [{ id: 'A', machine: 'slow' }, { id: 'B', machine: 'fast' }] });
  const after = await planned(shop, partsOf(`${csv}N,p,60,2026-11-23T06:30\n`), { keep: 'least_disruption' }, { earlier: before.operations });
  expect(after.operations.map(({ id, machine, start_min: start }) => [machine, id, start])).toEqual([['slow', 'A', 0], ['fast', 'N', 0], ['fast', 'B', 30]]);
  expect(after.objective).toBe(0);
});

test('work of a machine that is gone goes to another', async () => {
  const machines = [{ name: 'M', processes: ['p'] }, { name: 'N', processes: ['p'] }];
  const records = partsOf('part_id,process,time_min\nA,p,60\nB,p,60');
  const before = await planned(shopOf(machines), records);
  const after = await planned(shopOf(machines.slice(0, 1)), records, { keep: 'least_disruption' }, { earlier: before.operations });
  expect(after.operations.map(({ id, machine }) => [id, machine])).toEqual([['A', 'M'], ['B', 'M']]);
});

test('running and locked operations stand, and the others make way', async () => {
  const shop = shopOf([{ name: 'M', processes: ['p'] }]);
  const records = partsOf('part_id,process,time_min\nA,p,60\nB,p,60\nC,p,60');
  const before = await planned(shop, records);
  const after = await planned(shop, records, { keep: 'least_disruption', running: [{ id: 'B', machine: 'M', remaining_min: 20 }], locked: [{ id: 'C', machine: 'M', start: '2026-11-23T07:00Z' }] }, { earlier: before.operations });
  expect(after.operations.map(({ id, start_min: start, state }) => [id, start, state])).toEqual([['B', 0, 'running'], ['C', 60, 'locked'], ['A', 120, 'planned']]);
});

test('what is not placed in time goes behind all else', async () => {
  const rows = exampleRows(60, 6);
  const { operations: earlier } = await planned(exampleShop(), partsOfRows(rows.slice(0, 45)));
  const laid = problemOf(exampleShop(), partsOfRows(rows));
  const kept = new Set(earlier.map(({ id }) => id));
  let asked = 0;
  const plan = leastDisruption(laid, earlier, () => ++asked > 3);
  expect(asked).toBe(4);
  expect(checkSchedule(laid.problem, plan).faults).toEqual([]);
  const behindAll = laid.operations.filter(({ id }, operation) => !kept.has(id) && !laid.operations.some((other, at) => kept.has(other.id) && plan.machine[at] === plan.machine[operation] && (plan.start[at] ?? 0) > (plan.start[operation] ?? 0)));
  expect(behindAll.length).toBeGreaterThanOrEqual(15 - 3);
});
