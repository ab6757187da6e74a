import { describe, expect, test } from 'vitest';
import type { LateOrder } from '../../../common/scheduling/schedule.ts';
import { planned, partsOf, shopOf } from '../../support/planned-shops.ts';

// The plan starts at 06:00 UTC on a Monday.
const day = { weekly: [{ days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '06:00', to: '14:00' }] };
const header = 'part_id,m,process,time_min,release,due';

async function lateOnes(csv: string, more: object = {}, machine: object = {}): Promise<LateOrder[]> {
  const shop = shopOf([{ name: 'M', processes: ['p'], ...machine }], { calendars: { day }, ...more });
  return (await planned(shop, partsOf(`${header}\n${csv}`))).late;
}

describe('an order is late because', () => {
  test.each<[LateOrder['cause'], string, object, object, RegExp]>([
    ['overdue', 'A,x,p,60,,2026-11-22T12:00', {}, {}, /^19 h late: was due at 2026-11-22 12:00, before the plan starts/],
    ['overdue', 'A,x,p,60,,2026-11-21', {}, {}, /^1 d 7 h late: was due by the end of 2026-11-21, before the plan starts/],
    ['release', 'A,x,p,60,2026-11-23T11:30,2026-11-23T12:00', {}, {}, /^30 min late: released at 2026-11-23 11:30, it cannot end before 2026-11-23 12:30/],
    ['work', 'A,x,p,600,,2026-11-23T12:00', {}, {}, /^4 h late: its work takes 10 h even round the clock/],
    ['shift', 'A,x,p,600,,2026-11-23T20:00', {}, { calendar: 'day' }, /^12 h late: within the machines' hours it cannot end before 2026-11-24 08:00/],
    ['machine', 'B,x,p,120,,2026-11-23T07:00\nA,x,p,60,,2026-11-23T08:00', {}, {}, /^1 h late: waits 2 h for M, busy with B$/],
    ['setup', 'B,x,p,30,,2026-11-23T06:30\nA,y,p,60,,2026-11-23T07:30', { setups: [{ feature: 'm', default: 45 }] }, {}, /^45 min late: waits 45 min for the setup of M$/],
  ])('%s', async (cause, csv, shop, machine, text) => {
    const late = (await lateOnes(csv, shop, machine)).find(({ order_id: id }) => id === 'A');
    expect(late?.cause).toBe(cause);
    expect(late?.text).toMatch(text);
  });
});

test('an order waits for a machine that is kept free for a locked start', async () => {
  const shop = shopOf([{ name: 'M', processes: ['p'] }]);
  const { late } = await planned(shop, partsOf(`${header}\nA,x,p,120,,2026-11-23T09:00\nB,x,p,60,,`), { locked: [{ id: 'B', machine: 'M', start: '2026-11-23T07:00Z' }] });
  expect(late[0]).toMatchObject({ order_id: 'A', cause: 'machine', late_min: 60 });
  // An hour stands empty, one is B's, two are work.
  expect(late[0]?.waits).toEqual([
    { kind: 'machine', minutes: 60, machine: 'M', with: ['B'] },
    { kind: 'idle', minutes: 60, machine: 'M', with: [] },
    { kind: 'work', minutes: 120, machine: 'M', with: [] },
  ]);
});

test('the time from release to finish is told in parts: who held the machine, setup, shifts, work', async () => {
  const late = await lateOnes('B,x,p,420,,2026-11-23T07:00\nA,y,p,90,2026-11-23T09:00,2026-11-23T12:00', { setups: [{ feature: 'm', default: 30 }] }, { calendar: 'day' });
  // B holds the machine until 13:00, the setup until 13:30, A works for 30 min, and for 60 on the next morning.
  expect(late.find(({ order_id: id }) => id === 'A')?.waits).toEqual([
    { kind: 'machine', minutes: 240, machine: 'M', with: ['B'] },
    { kind: 'setup', minutes: 30, machine: 'M', with: [] },
    { kind: 'shift', minutes: 960, machine: 'M', with: [] },
    { kind: 'work', minutes: 90, machine: 'M', with: [] },
  ]);
});

test('the latest comes first', async () => {
  expect((await lateOnes('A,x,p,60,,2026-11-23T06:30\nB,x,p,60,,2026-11-23T06:31\nC,x,p,60,,2026-11-23T06:32')).map(({ order_id: id }) => id)).toEqual(['C', 'B', 'A']);
});
