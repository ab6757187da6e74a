import { describe, expect, test } from 'vitest';
import { SpindleError, issueText } from '../../../common/errors.ts';
import type { Shop } from '../../../common/scheduling/shop.ts';
import { operationCount } from '../../../worker/scheduling/problem.ts';
import { planStart, problemOf, partsOf, shopOf } from '../../support/planned-shops.ts';

const dayShift = { weekly: [{ days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '06:00', to: '14:00' }] };
const milling = (name: string, more: object = {}): { name: string; processes: string[] } => ({ name, processes: ['milling'], ...more });

test('times are whole seconds from the start of the plan: quantity · time / speed + preparation, release, due and weight', () => {
  const shop = shopOf([milling('slow'), milling('fast', { speed: 1.25 }), { name: 'lathe', processes: ['turning'] }]);
  const { problem } = problemOf(shop, partsOf('part_id,process,quantity,setup_min,time_min,release,due,priority\nA,milling,4,6,10.1,2026-11-23T07:00Z,2026-11-23T12:00Z,3\nB,turning,,,0,,,'));
  expect([...problem.alternativeStart]).toEqual([0, 2, 3]);
  expect([...problem.alternativeMachine]).toEqual([0, 1, 2]);
  expect([...problem.alternativeDuration]).toEqual([(40.4 + 6) * 60, (40.4 / 1.25 + 6) * 60, 1].map(Math.round));
  expect([[...problem.release], [...problem.due], [...problem.weight]]).toEqual([[3_600, 0], [6 * 3_600, Infinity], [4, 1]]);
});

test('the objective is tardiness where an order has a due date, else makespan, unless one is asked for', () => {
  const shop = shopOf([milling('M')]);
  const objective = (due: string, request = {}): string => problemOf(shop, partsOf(`process,time_min,due\nmilling,1,${due}`), request).problem.objective;
  expect([objective(''), objective('2026-12-01'), objective('2026-12-01', { objective: 'setup' })]).toEqual(['makespan', 'tardiness', 'setup']);
});

describe('setups', () => {
  const setups = [
    { feature: 'material', default: 10, same: 1, changes: [{ from: 'steel', to: 'aluminum', minutes: 20 }, { from: 'steel', minutes: 15 }, { to: 'steel', minutes: 12 }] },
    { feature: 'process', default: 30, machines: ['M2'] },
    { feature: 'material', default: 7, machines: ['M3'] },
  ];
  const machines = ['M1', 'M2', 'M3'].map((name) => ({ name, processes: ['milling', 'turning'] }));
  const shop = shopOf(machines, { setups });
  const csv = 'part_id,material,process,time_min\nA,steel,milling,1\nB,aluminum,milling,1\nC,copper,turning,1\nD, steel ,milling,1';
  const between = (machine: number, from: number, to: number, request = {}): number => {
    const { problem } = problemOf(shop, partsOf(csv), request);
    const family = (operation: number): number => problem.setupFamily[operation] ?? -1;
    return (problem.setups[machine]?.between[family(from) * problem.familyCount + family(to)] ?? NaN) / 60;
  };

  test('follow the change that names both values, then one, then the default', () => {
    expect([between(0, 0, 1), between(0, 0, 2), between(0, 1, 0), between(0, 1, 2), between(0, 0, 3)]).toEqual([20, 15, 12, 10, 1]);
  });

  test('add up over features, and a machine\'s own rule replaces that for all', () => {
    expect([between(1, 0, 1), between(1, 0, 2), between(2, 0, 1), between(2, 0, 3)]).toEqual([20, 15 + 30, 7, 0]);
  });

  test('before the first operation come from what is mounted, as far as that is known', () => {
    const { problem } = problemOf(shop, partsOf(csv), { mounted: { M1: { material: 'steel' }, M2: { material: 'steel' } } });
    const initial = (machine: number, operation: number): number => (problem.setups[machine]?.initial?.[problem.setupFamily[operation] ?? 0] ?? 0) / 60;
    expect([initial(0, 0), initial(0, 1), initial(1, 2), initial(2, 1)]).toEqual([1, 20, 15, 0]);
  });

  test('by a column that no part has are reported', () => {
    const odd = shopOf([milling('M')], { setups: [{ feature: 'materal', default: 5 }] });
    expect(problemOf(odd, partsOf(csv.replace(/turning/g, 'milling'))).warnings.map(issueText)).toEqual(['setups: no part has a column "materal", so its setups take the minutes of `same`; did you mean "material"?']);
    const inherited = shopOf([milling('M')], { setups: [{ feature: 'constructor', default: 5 }] });
    expect(problemOf(inherited, partsOf(csv.replace(/turning/g, 'milling'))).warnings.map(issueText)).toEqual([expect.stringContaining('no part has a column "constructor"')]);
  });

  test('between values that parts have in other capitals are reported', () => {
    const odd = shopOf([milling('M')], { setups: [{ feature: 'material', default: 5, changes: [{ from: 'Steel', to: 'brass', minutes: 9 }] }] });
    expect(problemOf(odd, partsOf(csv.replace(/turning/g, 'milling'))).warnings.map(issueText)).toEqual(['setups[0].changes: no part has the material "Steel", so that its changes are never made; write "steel", as the parts do']);
  });

  test('from what is mounted under a name that neither parts nor changes have are reported', () => {
    const mounted = { M1: { material: 'Steel' }, M2: { material: 'gold', process: 'milling' }, M3: { material: 'aluminum' } };
    expect(problemOf(shop, partsOf(csv), { mounted }).warnings.map(issueText)).toEqual([
      'mounted.M1.material: no part has and no change names the material "Steel"; did you mean "steel"?',
      'mounted.M2.material: no part has and no change names the material "gold"; leave it so, where that is right',
    ]);
  });

  test('by a column with a value for each part are refused where there are too many', () => {
    const many = ['x,process,time_min', ...Array.from({ length: 1_001 }, (_, i) => `${i},milling,1`)].join('\n');
    expect(() => problemOf(shopOf([milling('M')], { setups: [{ feature: 'x', default: 5 }] }), partsOf(many))).toThrow(expect.objectContaining({ code: 'invalid_shop', message: expect.stringMatching(/x take 1,001 combinations/) as string }));
  });
});

describe('calendars', () => {
  test('are exact until the horizon and go on weekly behind it', () => {
    const shop = shopOf([milling('M', { calendar: 'day' })], { time_zone: 'Europe/Berlin', calendars: { day: { ...dayShift, holidays: ['2026-11-24'] } } });
    const { working, problem } = problemOf(shop, partsOf('process,time_min\nmilling,1'), {}, 14);
    const day = 24 * 3_600;
    // 06:00 UTC on Monday is 07:00 in Berlin.
    expect(working[0]?.between(0, day)).toBe(7 * 3_600);
    expect(working[0]?.between(day, 2 * day)).toBe(3_600);
    expect(working[0]?.between(0, 14 * day)).toBe(9 * 8 * 3_600);
    expect([2, 3, 10, 100].map((week) => working[0]?.between(week * 7 * day, (week + 1) * 7 * day))).toEqual([40, 40, 40, 40].map((hours) => hours * 3_600));
    expect(problem.calendars[0]?.pausing).toBe(true);
  });

  test('without weekly shifts repeat what dates they have, and closed machines without a calendar open for good', () => {
    const dated = { exceptions: [{ date: '2026-11-25', shifts: [{ from: '08:00', to: '12:00' }] }] };
    const shop = shopOf([milling('A', { calendar: 'dated' }), milling('B', { closed: [{ from: '2026-11-23T08:00', to: '2026-11-23T09:00' }] })], { calendars: { dated } });
    const { working } = problemOf(shop, partsOf('process,time_min\nmilling,1'), {}, 10);
    const days = (from: number, to: number): [number, number] => [from * 86_400, to * 86_400];
    expect([working[0]?.between(...days(0, 10)), working[0]?.between(...days(10, 30)), working[1]?.between(...days(0, 100))]).toEqual([4 * 3_600, 8 * 3_600, 100 * 86_400 - 3_600]);
  });

  test('that must not be paused leave out work that fits between no two breaks, with its order', () => {
    const shop = shopOf([milling('M', { calendar: 'day' })], { calendars: { day: { ...dayShift, pausing: false } } });
    const { orders, unplanned } = problemOf(shop, partsOf('part_id,order_id,operation,process,time_min\na,O,10,milling,60\nb,O,20,milling,481\nc,,,milling,480'));
    expect(orders.map(({ id }) => id)).toEqual(['c']);
    expect(unplanned.map(({ reason }) => reason)).toEqual(['operation 20 of its order cannot be made: its 8 h fit between no two breaks of a machine for milling, and work must not pause there', 'its 8 h fit between no two breaks of a machine for milling, and work must not pause there']);
  });

  test.each([
    ['whose week is one shift', [{ days: ['sun'], from: '22:00', to: '24:00' }, { days: ['mon', 'tue', 'wed', 'thu'], from: '00:00', to: '24:00' }, { days: ['fri'], from: '00:00', to: '22:00' }], 120],
    ['without a break', [{ days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], from: '00:00', to: '24:00' }], 200],
    ['with a night shift', [{ days: ['mon', 'tue'], from: '22:00', to: '06:00' }], 8],
  ])('that must not be paused, %s, hold its longest work whenever the plan starts', (_name, week, hours) => {
    const shop = shopOf([milling('M', { calendar: 'c' })], { calendars: { c: { weekly: week, pausing: false } } });
    for (let hour = 0; hour < 7 * 24; hour += 5) {
      const request = { start: new Date(Date.parse(planStart) + hour * 3_600_000).toISOString() };
      const { unplanned, working } = problemOf(shop, partsOf(`part_id,process,time_min\nfits,milling,${60 * hours}`), request, 14);
      expect([hour, unplanned]).toEqual([hour, []]);
      // In the weeks behind the horizon as well, of which each has the same hours.
      expect(Number.isFinite(working[0]?.start(30 * 24 * 3_600, hours * 3_600))).toBe(true);
      expect(working[0]?.between(14 * 24 * 3_600, 21 * 24 * 3_600)).toBe(working[0]?.between(140 * 24 * 3_600, 147 * 24 * 3_600));
    }
  });

  describe('without a working hour in all the time that is looked at', () => {
    const off = (name: string): object => ({ name, processes: ['milling'], calendar: 'off' });
    const calendars = { off: { exceptions: [{ date: '2020-01-01', shifts: [{ from: '06:00', to: '07:00' }] }] } };
    const parts = partsOf('part_id,process,time_min\nA,milling,60\nB,turning,60');

    test('take their machine out of the plan, with a warning', () => {
      const { problem, warnings, unplanned } = problemOf(shopOf([milling('M1', off('M1')), milling('M2'), { name: 'L', processes: ['turning'] }], { calendars }), parts);
      expect([[...problem.alternativeMachine], unplanned]).toEqual([[1, 2], []]);
      expect(warnings.map(issueText)).toEqual([expect.stringMatching(/^machines\[0\]: M1 has no working hours before 20\d\d-\d\d-\d\d, so that nothing is planned on it; give its calendar shifts/)]);
    });

    test('leave out what no other machine can make', () => {
      const closed = { closed: [{ from: '2020-01-01', to: '2090-01-01' }] };
      const { orders, unplanned } = problemOf(shopOf([milling('M1', off('M1')), milling('M2', closed), { name: 'L', processes: ['turning'] }], { calendars }), parts);
      expect([orders.map(({ id }) => id), unplanned.map(({ part_id, reason }) => [part_id, reason])]).toEqual([['B'], [['A', expect.stringMatching(/^no machine for milling has working hours before 20/)]]]);
    });
  });

  test('that must not be paused cannot hold longer setups', () => {
    const shop = shopOf([milling('M', { calendar: 'day' })], { calendars: { day: { ...dayShift, pausing: false } }, setups: [{ feature: 'm', default: 500 }] });
    expect(() => problemOf(shop, partsOf('m,process,time_min\na,milling,1\nb,milling,1'))).toThrow(expect.objectContaining({ code: 'invalid_shop' }));
  });

  test('that must not be paused do not matter for setups that never come', () => {
    const shop = shopOf([milling('M', { calendar: 'day' }), milling('M2'), { name: 'L', processes: ['turning'] }], {
      calendars: { day: { ...dayShift, pausing: false } },
      setups: [{ feature: 'm', changes: [{ from: 'a', to: 'b', minutes: 500 }, { from: 'c', to: 'a', minutes: 500 }] }, { feature: 'n', same: 500 }],
    });
    const parts = partsOf('part_id,m,n,process,time_min\nA,a,x,milling,1\nB,b,y,turning,1\nC,c,z,milling,1');
    const refused = expect.objectContaining({ code: 'invalid_shop', message: expect.stringMatching(/^a setup of 500 min on M fits/) as string }) as object;
    // From c to a may come, unless C is made elsewhere, or follows A that is running.
    expect(() => problemOf(shop, parts)).toThrow(refused);
    expect(problemOf(shop, parts, { locked: [{ id: 'C', machine: 'M2' }] }).unplanned).toEqual([]);
    expect(problemOf(shop, parts, { running: [{ id: 'A', machine: 'M' }] }).unplanned).toEqual([]);
    // What is mounted comes before the first, and only there.
    expect(() => problemOf(shop, parts, { locked: [{ id: 'C', machine: 'M2' }], mounted: { M: { m: 'c' } } })).toThrow(refused);
    expect(problemOf(shop, parts, { locked: [{ id: 'C', machine: 'M2' }], mounted: { M: { m: 'b' } } }).unplanned).toEqual([]);
    // Two of one kind follow each other.
    expect(() => problemOf(shop, partsOf('part_id,m,n,process,time_min\nA,a,x,milling,1\nD,a,x,milling,1'))).toThrow(refused);
  });
});

test('machines that do only what no part needs are reported', () => {
  const odd = shopOf([{ name: 'L', processes: ['turnig'] }, { name: 'T', processes: ['turning'] }, { name: 'G', processes: ['grinding', 'milling'] }, { name: 'E', processes: ['erosion'] }]);
  expect(problemOf(odd, partsOf('process,time_min\nturning,1\nmilling,1')).warnings.map(issueText)).toEqual([
    'machines[0].processes: no part needs turnig, so that nothing is planned on L; did you mean "turning"?',
    'machines[3].processes: no part needs erosion, so that nothing is planned on E; leave it so, where that is right',
  ]);
});

test('a process that another machine does too, or that only resembles another, is not taken for misspelt', () => {
  const shop = shopOf([{ name: 'D', processes: ['drilling'] }, milling('M'), { name: 'G', processes: ['gilling'] }, { name: 'H', processes: ['gilling'] }]);
  expect(problemOf(shop, partsOf('process,time_min\nmilling,1')).warnings.map(({ fix }) => fix)).toEqual(Array(3).fill('leave it so, where that is right'));
});

test('a routing that is released too far ahead is refused by name, and so is more work than can be counted', () => {
  const shop = shopOf([milling('M'), { name: 'L', processes: ['turning'] }]);
  const csv = 'part_id,order_id,operation,process,time_min,release\na,A,10,turning,400,2062-01-01\nb,A,20,milling,400,2062-01-01\nc,B,10,turning,400,';
  expect(() => problemOf(shop, partsOf(csv))).toThrow(expect.objectContaining({
    code: 'invalid_schedule_request', issues: [expect.objectContaining({ field: 'release', message: expect.stringMatching(/^order A: is released at 2062-01-01T00:00:00\+00:00, .* beyond 34 years/) as string, fix: 'correct its release, or leave it out' })],
  }));
  // A part alone has no such limit.
  expect(problemOf(shop, partsOf('part_id,process,time_min,release\na,turning,400,2062-01-01')).orders).toHaveLength(1);
  const much = ['part_id,order_id,operation,process,time_min,release', ...Array.from({ length: 40 }, (_, i) => `p${i},O${i >> 1},${(1 + (i % 2)) * 10},milling,590000,`)].join('\n');
  expect(() => problemOf(shop, partsOf(much))).toThrow(expect.objectContaining({ code: 'invalid_schedule_request', message: expect.stringMatching(/^with operations in order, all work and setups one after the other may take 34 years, and take 45; check quantities/) as string }));
});

test('nothing to plan is an error that names the reasons', () => {
  expect(() => problemOf(shopOf([milling('M')]), partsOf('process,time_min\nturning,1'))).toThrow(expect.objectContaining({ code: 'nothing_to_plan', message: expect.stringMatching(/no machine of the shop does turning/) as string }));
});

describe('re-planning', () => {
  const shop = shopOf([milling('M1', { calendar: 'day' }), milling('M2'), { name: 'L', processes: ['turning'] }], { calendars: { day: dayShift }, setups: [{ feature: 'm', default: 30 }] });
  const csv = 'part_id,order_id,operation,m,process,time_min,release\nA,,,x,milling,120,\nB,,,y,milling,60,\nC,,,x,turning,60,2026-11-24\na,O,10,x,turning,60,\nb,O,20,x,milling,60,';
  const issues = (request: object, at: Shop = shop): string[] => {
    try {
      problemOf(at, partsOf(csv), request);
      return [];
    } catch (error) {
      if (error instanceof SpindleError && error.code === 'invalid_schedule_request') return error.issues.map(issueText);
      throw error;
    }
  };

  test('locks machine, or machine and start', () => {
    const { problem, operations } = problemOf(shop, partsOf(csv), { locked: [{ id: 'A', machine: 'M2' }, { id: 'O/20', machine: 'M1', start: '2026-11-24T08:00Z' }] });
    expect(operations.map(({ id }) => id)).toEqual(['A', 'B', 'C', 'O/10', 'O/20']);
    expect([[...problem.lockedMachine], [...problem.lockedStart]]).toEqual([[1, -1, -1, -1, 0], [-1, -1, -1, -1, 26 * 3_600]]);
  });

  test('leaves of a running operation what the working time since its start has not done, on its machine and first', () => {
    const { problem } = problemOf(shop, partsOf(csv), { running: [{ id: 'A', machine: 'M1', started: '2026-11-20T13:00Z' }, { id: 'B', machine: 'M2', remaining_min: 25 }] });
    // A worked from 13:00 to 14:00 on Friday; the plan starts on Monday at 06:00.
    expect([...problem.alternativeDuration.subarray(0, 2)]).toEqual([60 * 60, 25 * 60]);
    expect([...problem.alternativeMachine.subarray(0, 2)]).toEqual([0, 1]);
    expect([...problem.lockedStart.subarray(0, 2)]).toEqual([0, 0]);
    expect(operationCount(problem)).toBe(5);
  });

  test('takes a running operation that should have ended for nearly done, and says so', () => {
    const { problem, warnings } = problemOf(shop, partsOf(csv), { running: [{ id: 'B', machine: 'M2', started: '2026-11-23T04:00Z' }] });
    expect(problem.alternativeDuration[2]).toBe(1);
    expect(warnings.map(issueText)).toEqual([expect.stringMatching(/B should have ended before the plan starts.*remaining_min/)]);
  });

  test.each<[string, object, RegExp]>([
    ['an operation that is not planned', { locked: [{ id: 'O/2', machine: 'M1' }] }, /^locked\[0\]\.id: no operation "O\/2" is planned; did you mean "O\/(10|20)"\?/],
    ['a machine that is not there', { locked: [{ id: 'A', machine: 'M3' }] }, /^locked\[0\]\.machine: there is no machine "M3"; leave A out here, .* it has M1, M2, L$/],
    ['a machine that is misspelt', { running: [{ id: 'A', machine: 'N2' }] }, /^running\[0\]\.machine: there is no machine "N2"; did you mean "M2"\?$/],
    ['a machine that cannot do it', { locked: [{ id: 'A', machine: 'L' }] }, /^locked\[0\]\.machine: L cannot do milling; use one of M1, M2/],
    ['an operation twice', { locked: [{ id: 'A', machine: 'M1' }], running: [{ id: 'A', machine: 'M1' }] }, /"A" is already fixed by running\[0\]/],
    ['a start that is no time', { locked: [{ id: 'A', machine: 'M1', start: 'noon' }] }, /^locked\[0\]\.start: "noon" is no date and time/],
    ['a start before the plan', { locked: [{ id: 'A', machine: 'M1', start: '2026-11-20' }] }, /is before the start of the plan; list it as running/],
    ['a start in a break', { locked: [{ id: 'A', machine: 'M1', start: '2026-11-23T20:00' }] }, /M1 cannot work on it then; the next possible start is 2026-11-24T06:00:00\+00:00/],
    ['a running operation that starts later', { running: [{ id: 'A', machine: 'M1', started: '2026-11-24' }] }, /^running\[0\]\.started: is after the start of the plan; lock its start/],
    ['two operations at once', { locked: [{ id: 'A', machine: 'M2', start: '2026-11-23T08:00' }, { id: 'B', machine: 'M2', start: '2026-11-23T09:00' }] }, /^locked\[1\]: M2 is taken by A \(locked\[0\]\) and the setup after it until 2026-11-23T10:30:00/],
    ['two operations without time for the setup', { locked: [{ id: 'A', machine: 'M2', start: '2026-11-23T08:00' }, { id: 'B', machine: 'M2', start: '2026-11-23T10:15' }] }, /M2 is taken by A/],
    ['a start before the release', { locked: [{ id: 'C', machine: 'L', start: '2026-11-23T08:00' }] }, /C cannot start at 2026-11-23T08:00:00\+00:00: its order is released at 2026-11-24T00:00:00/],
    ['a start before what comes first can be done', { locked: [{ id: 'O/20', machine: 'M2', start: '2026-11-23T06:30' }] }, /O\/20 cannot start .* the operations before it cannot end before 2026-11-23T07:00:00/],
    ['an operation that runs before what comes first', { running: [{ id: 'O/20', machine: 'M2' }] }, /remove the operations that are finished/],
    ['mounted tools of an unknown machine', { mounted: { M9: { m: 'x' } } }, /^mounted: there is no machine "M9"/],
    ['mounted tools that no setup looks at', { mounted: { M1: { colour: 'x' } } }, /^mounted\.M1: no setup of the shop looks at "colour"/],
  ])('refuses %s', (_name, request, expected) => {
    expect(issues(request)).toEqual([expect.stringMatching(expected)]);
  });

  test('refuses machines whose hours cannot hold the work', () => {
    const calendars = { day: { ...dayShift, pausing: false }, off: { exceptions: [{ date: '2020-01-01', shifts: [{ from: '06:00', to: '07:00' }] }] } };
    const odd = shopOf([milling('short', { calendar: 'day' }), milling('off', { calendar: 'off' }), milling('open'), { name: 'L', processes: ['turning'] }], { calendars });
    const long = csv.replace('milling,120', 'milling,500');
    expect(() => problemOf(odd, partsOf(long), { locked: [{ id: 'A', machine: 'short' }] })).toThrow(/locked\[0\]\.machine: short has no time without a break that is long enough for A/);
    expect(() => problemOf(odd, partsOf(long), { locked: [{ id: 'A', machine: 'off' }] })).toThrow(/locked\[0\]\.machine: off has no working hours before 20/);
    expect(() => problemOf(odd, partsOf(long), { running: [{ id: 'B', machine: 'off' }] })).toThrow(/running\[0\]\.machine: off has no working hours before 20/);
  });

  test('tells all conflicts at once', () => {
    expect(issues({ locked: [{ id: 'A', machine: 'L' }, { id: 'Q', machine: 'M1' }, { id: 'C', machine: 'L', start: planStart }] })).toHaveLength(3);
  });
});
