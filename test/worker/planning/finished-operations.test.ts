import { describe, expect, it } from 'vitest';
import { partsOf, planned, shopOf } from '../../support/planned-shops.ts';

const shop = shopOf([{ name: 'M1', processes: ['milling'] }, { name: 'T1', processes: ['turning'] }]);
const parts = partsOf(`part_id,order_id,operation,process,release,due,time_min
A,,,milling,,,30
B,,,milling,2026-11-25,,30
R1,R,10,turning,2026-11-25,2026-11-26,20
R2,R,20,milling,,2026-11-26,40
R3,R,30,turning,,2026-11-26,10`);
const plan = (request: object) => planned(shop, parts, request);

describe('operations that are finished', () => {
  it('are left out, and what comes behind them may begin at once', async () => {
    const { operations, orders, unplanned } = await plan({ finished: ['A', 'R/10'] });
    expect(operations.map(({ id }) => id).sort()).toEqual(['B', 'R/20', 'R/30']);
    expect(operations.find(({ id }) => id === 'R/20')).toMatchObject({ start: '2026-11-23T06:00:00+00:00' });
    expect([orders.length, unplanned]).toEqual([2, []]);
  });

  it('may be all but one, and not all', async () => {
    expect((await plan({ finished: ['A', 'B', 'R/10', 'R/20'] })).operations.map(({ id }) => id)).toEqual(['R/30']);
    await expect(plan({ finished: ['A', 'B', 'R/10', 'R/20', 'R/30'] })).rejects.toMatchObject({ code: 'nothing_to_plan' });
  });

  it('must be there, come in order and not be fixed as well: every problem is told', async () => {
    await expect(plan({ finished: ['R/20', 'R/40'], locked: [{ id: 'R/20', machine: 'M1' }] })).rejects.toMatchObject({
      code: 'invalid_schedule_request',
      issues: [
        { field: 'finished[1]', message: expect.stringContaining('no operation "R/40" is planned') as string, fix: expect.stringContaining('R/') as string },
        { field: 'locked[0].id', message: expect.stringContaining('also listed as finished') as string },
        { field: 'finished[0]', message: expect.stringContaining('"R/20" cannot be finished before "R/10"') as string },
      ],
    });
  });
});
