import { describe, expect, test } from 'vitest';
import { planned, partsOf, shopOf } from '../../support/planned-shops.ts';

const day = { weekly: [{ days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '06:00', to: '14:00' }] };

describe('figures', () => {
  const shop = shopOf([{ name: 'M', processes: ['p'], calendar: 'day' }, { name: 'Q', processes: ['q'] }, { name: 'R', processes: ['q'], speed: 0.01 }], { calendars: { day }, setups: [{ feature: 'm', default: 30 }] });
  const csv = 'part_id,m,process,time_min,due,priority\nA,x,p,300,2026-11-23T10:00,2\nB,y,p,300,2026-11-24T12:00,1\nC,x,q,120,,5';

  test('say where time goes', async () => {
    const { figures, objective, operations } = await planned(shop, partsOf(csv));
    // A 06:00 to 11:00, setup to 11:30, B to 14:00 and from 06:00 to 08:30 on the next day.
    expect(operations.map(({ id, start_min: start, end_min: end, changeover_min: setup }) => [id, start, end, setup])).toEqual([['A', 0, 300, 0], ['B', 330, 26.5 * 60, 30], ['C', 0, 120, 0]]);
    expect(figures).toMatchObject({ operations: 3, orders: 3, makespan_min: 26.5 * 60, finish: '2026-11-24T08:30:00+00:00', late_orders: 1, tardiness_min: 8 * 60, largest_late_min: 60, changeover_min: 30, work_by_process: { p: 600, q: 120 } });
    expect(objective).toBe(8 * 60);
    expect(figures.machines[0]).toEqual({ machine: 'M', operations: 2, available_min: 480 + 150, work_min: 600, changeover_min: 30, utilisation: 1, changeover_share: 0.0476, finish: '2026-11-24T08:30:00+00:00' });
    expect(figures.machines[2]).toMatchObject({ operations: 0, available_min: 26.5 * 60, utilisation: 0, changeover_share: 0, finish: null });
    expect(figures.bottleneck).toBe('p');
  });

  test('tell groups of one process apart by their hours', async () => {
    const two = shopOf([{ name: 'M', processes: ['p'], calendar: 'day' }, { name: 'N', processes: ['p'] }], { calendars: { day } });
    expect((await planned(two, partsOf('process,time_min\np,60'))).figures.bottleneck).toBe('p (day)');
  });
});

describe('an extra hour', () => {
  const shop = shopOf([{ name: 'M', processes: ['p'], calendar: 'day' }, { name: 'Q', processes: ['q'], calendar: 'day' }, { name: 'N', processes: ['n'] }], { calendars: { day } });

  test('gains most where late work waits over a break, weighted and counted by hand', async () => {
    // M: A to 14:00, B 2 h on Tuesday, due at 07:00, with weight 4: an hour on Monday ends it at 07:00. Q: C is on time anyway.
    const csv = 'part_id,process,time_min,due,priority\nA,p,480,2026-11-23T14:00,1\nB,p,120,2026-11-24T07:00,3\nC,q,600,2026-11-25,1\nD,n,6000,2026-11-24,1';
    const { extra_hours: hours } = await planned(shop, partsOf(csv));
    expect(hours[0]).toEqual({ group: 'p', machines: ['M'], after: '2026-11-23T14:00:00+00:00', tardiness_gain_min: 4 * 60, makespan_gain_min: 0 });
    expect(hours.slice(1).map(({ group, after, tardiness_gain_min: gain }) => [group, after, gain])).toEqual([['q', null, 0], ['n', null, 0]]);
  });

  test('can gain a whole night where the work then ends before it', async () => {
    const { extra_hours: hours } = await planned(shop, partsOf('part_id,process,time_min\nA,p,520'));
    // 40 min are left at 14:00; they would end at 14:40 instead of 06:40.
    expect(hours[0]).toMatchObject({ group: 'p', after: '2026-11-23T14:00:00+00:00', makespan_gain_min: 16 * 60 });
  });

  test('gains as much where all hours are those of dates', async () => {
    const dated = { exceptions: ['2026-11-23', '2026-11-24'].map((date) => ({ date, shifts: [{ from: '06:00', to: '14:00' }] })) };
    const { extra_hours: hours } = await planned(shopOf([{ name: 'M', processes: ['p'], calendar: 'dated' }], { calendars: { dated } }), partsOf('part_id,process,time_min\nA,p,520'));
    expect(hours[0]).toMatchObject({ after: '2026-11-23T14:00:00+00:00', makespan_gain_min: 16 * 60 });
  });
});
