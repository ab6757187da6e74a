import { describe, expect, test } from 'vitest';
import { ZonedClock } from '../../../common/scheduling/zoned-clock.ts';
import type { PlannedWork } from '../../../worker/planning/planned-work.ts';
import { readPlannedWork } from '../../../worker/planning/read-planned-work.ts';
import { partsOf, partsOfRows, shopOf } from '../../support/planned-shops.ts';

const shop = shopOf([{ name: 'M1', processes: ['milling'] }, { name: 'L1', processes: ['turning'] }], { time_zone: 'Europe/Berlin' });
const clock = new ZonedClock('Europe/Berlin');
const read = (csv: string): PlannedWork => readPlannedWork(partsOf(csv), shop, clock);
const row = (more: Record<string, string | number>): PlannedWork => readPlannedWork(partsOfRows([{ part_id: 'A', process: 'milling', time_min: 10, time_min_low: 8, time_min_high: 13, ...more }]), shop, clock);
const reasons = ({ unplanned }: PlannedWork): string[] => unplanned.map(({ line, reason, fix }) => `${line}: ${reason}; ${fix}`);

test('a row with nothing but its estimate is one piece that may start at once', () => {
  const { orders, unplanned, warnings } = read('part_id,material,process,time_min\nA,steel,milling,12.5');
  expect(unplanned).toEqual([]);
  expect(warnings).toEqual([]);
  const operation = { id: 'A', batchId: null, partId: 'A', orderId: 'A', number: 10, line: 2, process: 'milling', quantity: 1, setupMinutes: 0, minutes: { value: 12.5, low: 12.5, high: 12.5 }, features: { material: 'steel' } };
  expect(orders).toEqual([{ id: 'A', release: undefined, due: undefined, priority: null, weight: 1, operations: [operation] }]);
});

test('a due date means the end of its day and a release the start of it, in the shop\'s zone', () => {
  const { orders } = row({ release: '2026-11-23', due: '2026-11-25' });
  expect([orders[0]?.release, orders[0]?.due]).toEqual(['2026-11-22T23:00:00Z', '2026-11-25T23:00:00Z'].map((text) => Date.parse(text)));
});

describe('operations of an order', () => {
  const csv = (...rows: string[]): string => ['part_id,order_id,operation,process,time_min,due,release,priority', ...rows].join('\n');

  test('run by their numbers, whatever the order of rows', () => {
    const { orders } = read(csv('c,O1,30,milling,1,,,', 'a,O1,10,turning,1,,,', 'x,,,milling,1,,,', 'b,O1,20,milling,1,,,'));
    expect(orders.map(({ id, operations }) => [id, operations.map((operation) => operation.id)])).toEqual([['O1', ['O1/10', 'O1/20', 'O1/30']], ['x', ['x']]]);
  });

  test('may be named by the part alone', () => {
    const { orders } = read('part_id,operation,process,time_min\nA,20,milling,1\nA,10,turning,1');
    expect(orders.map(({ operations }) => operations.map(({ id }) => id))).toEqual([['A/10', 'A/20']]);
  });

  test('share the latest release, the due date of the last that has one, and the most urgent priority; where they differ it is said', () => {
    const { orders, warnings } = read(csv('a,O1,10,turning,1,2026-12-01,2026-11-24,5', 'b,O1,20,milling,1,2026-12-05,2026-11-25,2', 'c,O1,30,milling,1,,,'));
    expect([orders[0]?.release, orders[0]?.due, orders[0]?.priority]).toEqual([Date.parse('2026-11-24T23:00Z'), Date.parse('2026-12-05T23:00Z'), 2]);
    expect(warnings.map(({ field }) => field).sort()).toEqual(['due', 'release']);
  });

  test.each<[string, string[], RegExp]>([
    ['twice the same number', ['a,O1,10,turning,1,,,', 'b,O1,10,milling,1,,,'], /lines 2 and 3 of its order are both operation 10; give each operation/],
    ['a gap', ['a,O1,10,turning,1,,,', 'b,O1,30,milling,1,,,'], /jumps from operation 10 to 30: one between them is missing; add/],
    ['a gap in single steps', ['a,O1,1,turning,1,,,', 'b,O1,3,milling,1,,,'], /jumps from operation 1 to 3/],
    ['no number', ['a,O1,10,turning,1,,,', 'b,O1,,milling,1,,,'], /line 3 of its order has no operation number; number/],
  ])('with %s are left out with the reason', (_name, rows, expected) => {
    const work = read(csv(...rows, 'x,,,milling,1,,,'));
    expect(reasons(work)).toEqual([expect.stringMatching(expected), expect.stringMatching(expected)]);
    expect(work.orders.map(({ id }) => id)).toEqual(['x']);
  });

  test('may begin anywhere and hold inserted numbers', () => {
    expect(read(csv('a,O1,20,turning,1,,,', 'b,O1,25,milling,1,,,', 'c,O1,30,milling,1,,,')).unplanned).toEqual([]);
  });

  test('are left out together where one cannot be made, each with its own reason', () => {
    const work = read(csv('a,O1,10,turning,1,,,', 'b,O1,20,grinding,1,,,'));
    expect(work.orders).toEqual([]);
    expect(reasons(work)).toEqual([
      '2: another operation of order O1 cannot be planned (line 3: no machine of the shop does grinding); correct that row',
      '3: no machine of the shop does grinding; add a machine for it, or use one of milling, turning',
    ]);
  });
});

test('two lots of one part are two orders with names of their own', () => {
  const { orders } = read('part_id,process,time_min,due\nA,milling,1,2026-12-01\nA,milling,1,2026-12-08\n,milling,1,\nA#2,milling,1,');
  const ids = orders.map(({ id }) => id);
  expect(ids).toEqual(['A', 'A#2', 'line 4', 'A#2#2']);
});

describe('a row is left out, with reason and fix, where', () => {
  test.each<[string, Record<string, string | number>, RegExp]>([
    ['no machine does its process', { process: 'miling' }, /no machine of the shop does miling; did you mean "milling"\?/],
    ['it has no process', { process: '' }, /it has no process; give process a value/],
    ['it has no estimate', { time_min: '', flags: 'not estimated' }, /it has no estimate; correct the part/],
    ['its setup is giant', { setup_min: 999_999_999 }, /1 piece of 10 min and 999,999,999 min of setup take .*; check setup_min/],
    ['the work is giant', { quantity: 100_000 }, /100,000 pieces of 10 min take 16,667 hours, more than 10,000; check the quantity/],
    ['the due date is none', { due: '31.12.2026' }, /due is "31\.12\.2026", which is no date and time; write it as 2026-11-30/],
    ['the interval is beside the estimate', { time_min_low: 11 }, /its interval 11 to 13 does not hold the estimate 10/],
  ])('%s', (_name, more, expected) => {
    const work = row(more);
    expect(reasons(work)).toEqual([expect.stringMatching(expected)]);
    expect(work.orders).toEqual([]);
  });
});

test('an order that is due before it is released is planned and reported', () => {
  const { orders, warnings } = row({ release: '2026-12-02', due: '2026-12-01' });
  expect(orders).toHaveLength(1);
  expect(warnings.map(({ message, fix }) => `${message}; ${fix}`)).toEqual(['line 2, order A: is due before it is released, and will be late; correct due or release']);
});

test('more operations than a schedule holds are refused with the limit', () => {
  const parts = partsOfRows(Array.from({ length: 20_001 }, () => ({ process: 'milling', time_min: 1 })));
  expect(() => readPlannedWork(parts, shop, clock)).toThrow(expect.objectContaining({ code: 'too_many_operations', message: expect.stringMatching(/20,001 operations are more than the 20,000/) as string }));
});

test('priority 1 weighs most, and from 5 on or without one nothing weighs less', () => {
  expect(['1', '2', '3', '4', '5', '99', ''].map((priority) => row({ priority }).orders[0]?.weight)).toEqual([16, 8, 4, 2, 1, 1, 1]);
});
