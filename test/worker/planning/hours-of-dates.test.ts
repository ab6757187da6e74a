import { describe, expect, test } from 'vitest';
import type { Shop } from '../../../common/scheduling/shop.ts';
import { solve } from '../../../worker/scheduling/solve.ts';
import type { SolveProblem } from '../../../worker/planning/plan-parts.ts';
import { partsOf, planned, shopOf } from '../../support/planned-shops.ts';

/** Monday to Friday from 7 with a break at 12, and a long Saturday, the first of the plan, where work must not pause. */
function overtime(machines: Shop['machines'], more: object = {}): Shop {
  const days = ['mon', 'tue', 'wed', 'thu', 'fri'];
  return shopOf(machines, {
    calendars: { day: { pausing: false, weekly: [{ days, from: '07:00', to: '12:00' }, { days, from: '12:30', to: '15:30' }], exceptions: [{ date: '2026-11-28', shifts: [{ from: '06:00', to: '18:00' }] }] } },
    ...more,
  });
}

const search: SolveProblem = (problem, seconds, incumbent) => solve(problem, { seed: 1, timeLimit: 1_000 * seconds, iterations: 2_000, now: () => performance.now(), ...(incumbent ? { incumbent } : {}) });
const machine = { name: 'M', processes: ['p'], calendar: 'day' } as Shop['machines'][number];

describe('work that must not pause and fits only into the hours of a date', () => {
  test('is planned there, and proven best, also where a slow machine could make it at any time', async () => {
    const shop = overtime([machine, { name: 'Slow', processes: ['p'], speed: 0.02 } as Shop['machines'][number]]);
    const { operations, status, objective, warnings } = await planned(shop, partsOf('part_id,process,time_min,due\nA,p,480,2026-11-30'), {}, { solve: search });
    expect({ status, objective, warnings }).toEqual({ status: 'optimal', objective: 0, warnings: [] });
    expect(operations).toMatchObject([{ machine: 'M', start: '2026-11-28T06:00:00+00:00', end: '2026-11-28T14:00:00+00:00' }]);
  });

  test('is waited for by nothing else, and told', async () => {
    const shop = overtime([machine]);
    const { operations, warnings, status } = await planned(shop, partsOf('part_id,process,time_min,due\nA,p,480,2026-11-30\nB,p,60,2026-11-30\nC,p,300,2026-11-30'), { objective: 'finish' }, { solve: search });
    expect(operations.map(({ id, start }) => [id, start.slice(0, 10)])).toEqual([['C', '2026-11-23'], ['B', '2026-11-23'], ['A', '2026-11-28']]);
    expect(status).toBe('optimal');
    expect(warnings).toMatchObject([{ line: 2, message: expect.stringMatching(/^line 2: A fits between no two breaks of the weekly shifts/) }]);
  });

  test('is left out where the hours of dates do not suffice, and only that', async () => {
    const shop = overtime([machine]);
    const { operations, unplanned } = await planned(shop, partsOf('part_id,process,time_min\nA,p,480\nB,p,480\nC,p,60'), {}, { solve: search });
    expect(operations.map(({ id }) => id).sort()).toEqual(['A', 'C']);
    expect(unplanned).toMatchObject([{ part_id: 'B', reason: 'its 8 h fit between no two breaks of the weekly shifts of a machine for p, where work must not pause, and those hours of dates that are long enough are needed by others' }]);
  });

  test('in a routing waits for them, and what follows for it', async () => {
    const shop = overtime([machine, { name: 'N', processes: ['q'] } as Shop['machines'][number]]);
    const csv = 'part_id,order_id,operation,process,time_min,due\nA,O,10,p,480,2026-11-27\nA,O,20,q,60,2026-11-27\nB,B,10,p,60,2026-11-24\nB,B,20,q,60,2026-11-24';
    const { operations } = await planned(shop, partsOf(csv), {}, { solve: search });
    expect(operations.find(({ id }) => id === 'O/10')?.start).toBe('2026-11-28T06:00:00+00:00');
    expect(operations.find(({ id }) => id === 'O/20')?.start).toBe('2026-11-28T14:00:00+00:00');
    expect(operations.find(({ id }) => id === 'B/10')?.start).toBe('2026-11-23T07:00:00+00:00');
  });

  test('can be locked there', async () => {
    const { operations } = await planned(overtime([machine]), partsOf('part_id,process,time_min\nA,p,480\nB,p,60'), { locked: [{ id: 'A', machine: 'M', start: '2026-11-28T07:00' }] }, { solve: search });
    expect(operations.find(({ id }) => id === 'A')?.start).toBe('2026-11-28T07:00:00+00:00');
  });

  test('need not go ahead of a start that is locked in a routing', async () => {
    const shop = shopOf([{ name: 'M', processes: ['p'] }, { name: 'N', processes: ['q'] }, { name: 'S', processes: ['r'], calendar: 'day' }], {
      calendars: { day: { pausing: false, weekly: [{ days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '06:00', to: '08:00' }], exceptions: [{ date: '2026-11-28', shifts: [{ from: '06:00', to: '18:00' }] }] } },
    });
    const csv = 'part_id,order_id,operation,process,time_min,due\nL,,,r,300,\nY,,,p,90,2026-11-23T07:30Z\nX,X,10,p,60,\nX,X,20,q,60,';
    const { operations } = await planned(shop, partsOf(csv), { locked: [{ id: 'X/20', machine: 'N', start: '2026-11-23T07:10Z' }] }, { solve: search });
    expect(operations.map(({ id }) => id).sort()).toEqual(['L', 'X/10', 'X/20', 'Y']);
  });

  test('such as a setup does not make a shop invalid', async () => {
    const days = ['mon', 'tue', 'wed', 'thu', 'fri'];
    const shop = overtime([machine], {
      calendars: { day: { pausing: false, weekly: [{ days, from: '07:00', to: '07:30' }], exceptions: [{ date: '2026-11-28', shifts: [{ from: '06:00', to: '18:00' }] }] } },
      setups: [{ feature: 'm', default: 40 }],
    });
    const { operations } = await planned(shop, partsOf('part_id,m,process,time_min\nA,x,p,20\nB,y,p,20'), {}, { solve: search });
    expect(operations.map(({ start }) => start.slice(0, 10))).toEqual(['2026-11-23', '2026-11-28']);
  });
});
