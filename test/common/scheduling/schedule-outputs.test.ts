import ICAL from 'ical.js';
import { describe, expect, test } from 'vitest';
import { compareSchedules, scheduleComparisonSchema } from '../../../common/scheduling/compare-schedules.ts';
import { durationText } from '../../../common/scheduling/duration-text.ts';
import { machineCalendarFile } from '../../../common/scheduling/schedule-calendar.ts';
import { scheduleCsv } from '../../../common/scheduling/schedule-csv.ts';
import { anyPlan, exampleRows, exampleShop, planStart, fileParts, planned, partsOf, partsOfRows, shopOf } from '../../support/planned-shops.ts';

const shop = exampleShop();

const point = { delimiter: ',', decimal: '.' } as const;

describe('CSV', () => {
  test('has one row an operation and plans again to the same schedule', async () => {
    // Two lots of P1, and texts that must be quoted.
    const rows = exampleRows(40, 7).map((row, i) => ({ ...row, note: i % 5 === 0 ? 'a "tight", fit\nin two lines' : 'plain' }));
    const before = await planned(shop, partsOfRows([...rows, { ...rows[0], part_id: 'P1', order_id: '' }]), { draws: 50 });
    const csv = scheduleCsv(before, shop.process_column, point);
    const again = await fileParts(csv, shop);
    expect(again).toHaveLength(41);
    const after = await planned(shop, again, { draws: 50 });
    const byId = <T extends { id: string }>(list: T[]): T[] => [...list].sort((a, b) => (a.id < b.id ? -1 : 1));
    // Rows come back in another order, which decides between equals in the rule of due dates, so that places may differ but nothing else.
    const said = (schedule: typeof before) => byId(schedule.operations).map(({ id, part_id, order_id, operation, process, quantity, setup_min, time_min, time_min_low, time_min_high, features }) => ({ id, part_id, order_id, operation, process, quantity, setup_min, time_min, time_min_low, time_min_high, features }));
    expect(said(after)).toEqual(said(before));
    expect(byId(after.orders).map(({ id, release, due, priority }) => ({ id, release, due, priority }))).toEqual(byId(before.orders).map(({ id, release, due, priority }) => ({ id, release, due, priority })));
    expect(after.unplanned).toEqual([]);
  });

  test('has decimal commas between semicolons where that is wanted, no formulas, and letters that Excel reads, and is read back', async () => {
    const rows = [{ part_id: '=1+1', material: 'Stahl größer', process: 'milling', time_min: 12.125, due: '2026-11-27' }];
    const csv = scheduleCsv(await planned(shop, partsOfRows(rows)), shop.process_column, { delimiter: ';', decimal: ',' });
    expect(csv).toMatch(/^\uFEFFpart_id;order_id/);
    expect(csv).toContain("\n'=1+1;;;Stahl größer;milling;1;");
    expect(await fileParts(csv, shop)).toMatchObject([{ partId: '=1+1', estimate: { value: 12.125 }, features: { material: 'Stahl größer' } }]);
  });

  test('read as the earlier plan keeps it', async () => {
    const before = await planned(shop, partsOfRows(exampleRows(20, 8)), {}, { solve: anyPlan(3) });
    const again = await fileParts(scheduleCsv(before, shop.process_column, point), shop);
    const after = await planned(shop, again, { keep: 'least_disruption' }, { earlier: before.operations });
    expect(compareSchedules(before, after)).toMatchObject({ moved: 0, unchanged: 20 });
  });
});

describe('iCalendar', () => {
  const nameOfMachine = 'Fräse; 1, groß\\neu 🛠 mit einem sehr langen Namen für die Faltung der Zeilen';
  const odd = shopOf([{ name: nameOfMachine, processes: ['p'], calendar: 'day' }], {
    time_zone: 'Europe/Berlin', setups: [{ feature: 'm', default: 30 }], calendars: { day: { weekly: [{ days: ['mon', 'tue'], from: '07:00', to: '12:00' }] } },
  });
  const csv = 'part_id,m,process,quantity,time_min,due\nA;1,x,p,2,100,2026-11-23\nB,y,p,1,90,\nC,y,p,1,10,2026-11-23T08:00';

  test('is read back by another program with all its events, times and texts', async () => {
    const schedule = await planned(odd, partsOf(csv), { draws: 100 }, { solve: anyPlan(1) });
    const file = machineCalendarFile(schedule, nameOfMachine, 'Werk 1/Süd');
    const root = new ICAL.Component(ICAL.parse(file) as unknown[]);
    expect(root.getFirstPropertyValue('version')).toBe('2.0');
    const events = root.getAllSubcomponents('vevent').map((component) => new ICAL.Event(component));
    const setups = schedule.operations.filter(({ setup_start: start }) => start !== null);
    expect(setups.length).toBeGreaterThan(0);
    expect(events).toHaveLength(schedule.operations.length + setups.length);
    for (const operation of schedule.operations) {
      const event = events.find(({ summary }) => summary.startsWith(`${operation.id} p`));
      expect(event?.startDate.toJSDate().getTime()).toBe(Date.parse(operation.start));
      expect(event?.endDate.toJSDate().getTime()).toBe(Date.parse(operation.end));
      expect(event?.location).toBe(nameOfMachine);
    }
    expect(new Set(events.map(({ uid }) => uid)).size).toBe(events.length);
    expect(events.find(({ summary }) => summary.startsWith('C p'))?.description).toMatch(/\nOrder C is due at 2026-11-23 08:00 and .* late\nOn time with probability/);
    expect(events.find(({ summary }) => summary.startsWith('A;1 p'))?.description).toContain('Order A;1 is due by the end of 2026-11-23');
  });

  test('has lines of 75 octets at most, ended by CRLF, and characters whole', async () => {
    const file = machineCalendarFile(await planned(odd, partsOf(csv)), nameOfMachine, 'x');
    expect(file.endsWith('END:VCALENDAR\r\n')).toBe(true);
    const lines = file.split('\r\n');
    expect(Math.max(...lines.map((line) => Buffer.byteLength(line)))).toBeLessThanOrEqual(75);
    expect(lines.some((line) => line.includes('\n') || line.includes('\uFFFD'))).toBe(false);
    expect(file.replace(/\r\n /g, '')).toContain('LOCATION:Fräse\\; 1\\, groß\\\\neu 🛠 mit');
  });

  test('has a component also where nothing is planned on the machine', async () => {
    const file = machineCalendarFile(await planned(shopOf([{ name: 'M', processes: ['p'] }, { name: 'N', processes: ['q'] }]), partsOf('process,time_min\np,60')), 'N', 'x');
    expect(file).toMatch(/\r\nBEGIN:VTIMEZONE\r\n[^]*END:VTIMEZONE\r\nEND:VCALENDAR\r\n$/);
  });

  test('keeps its UIDs when the plan changes', async () => {
    const uids = async (seed: number): Promise<string[]> => {
      const schedule = await planned(odd, partsOf(csv), {}, { solve: anyPlan(seed) });
      return [...machineCalendarFile(schedule, nameOfMachine, 's').matchAll(/^UID:(work.*)\r$/gm)].map((match) => match[1] ?? '').sort();
    };
    expect(await uids(1)).toEqual(await uids(2));
  });

  test('tells parts without names of two files apart, and knows them again in another plan of the same file', async () => {
    const oneMachine = shopOf([{ name: 'M', processes: ['p'] }]);
    const uids = async (row: string, seed: number): Promise<string[]> => {
      const schedule = await planned(oneMachine, partsOf(`process,x,time_min,due\n${row}\np,9,60,`), {}, { solve: anyPlan(seed) });
      return [...machineCalendarFile(schedule, 'M', 's').matchAll(/^UID:(.*)\r$/gm)].map((match) => match[1] ?? '').sort();
    };
    const [one, same, otherPart, otherDate] = await Promise.all([uids('p,7,60,2026-11-24', 1), uids('p,7,60,2026-11-24', 2), uids('p,8,60,2026-11-24', 1), uids('p,7,60,2026-12-01', 1)]);
    expect(new Set(one).size).toBe(2);
    expect(same).toEqual(one);
    // The second row is the same in all of them.
    expect([otherPart, otherDate].map((other) => other.filter((uid) => one.includes(uid)).length)).toEqual([1, 1]);
  });
});

describe('comparing two schedules', () => {
  const two = shopOf([{ name: 'M', processes: ['p'] }, { name: 'N', processes: ['p'] }]);
  const at = (id: string, machine: string, minute: number): object => ({ id, machine, start: new Date(Date.parse(planStart) + minute * 60_000).toISOString() });
  const make = (csv: string, ...locked: object[]) => planned(two, partsOf(`part_id,process,time_min,due\n${csv}`), { locked });

  test('tells what moved, what starts earlier and later, what is new and gone, and figures side by side', async () => {
    const before = await make('A,p,60,2026-11-23T08:00\nB,p,60,\nC,p,60,2026-11-23T08:00\nD,p,60,', at('A', 'M', 0), at('B', 'M', 60), at('C', 'N', 120), at('D', 'N', 0));
    const after = await make('A,p,60,2026-11-23T08:00\nB,p,60,\nC,p,60,2026-11-23T08:00\nE,p,60,', at('A', 'N', 90), at('B', 'M', 60), at('C', 'N', 30), at('E', 'M', 0));
    const comparison = compareSchedules(before, after);
    expect(scheduleComparisonSchema.parse(comparison)).toEqual(comparison);
    expect(comparison).toMatchObject({ moved: 1, earlier: 1, later: 1, unchanged: 1, added: ['E'], removed: ['D'], became_late: ['A'], became_on_time: ['C'], same_shop: true });
    expect(comparison.operations.map(({ id, shift_min: shift, machine_before: from, machine_after: to }) => [id, shift, from, to])).toEqual([['C', -90, 'N', 'N'], ['A', 90, 'M', 'N']]);
    expect(comparison.figures['makespan_min']).toEqual({ before: 180, after: 150 });
    expect(comparison.figures['tardiness_min']).toEqual({ before: 60, after: 30 });
    expect(comparison.figures['utilisation of M']).toEqual({ before: 0.6667, after: 0.8 });
  });

  test('after planning again later: what runs goes on, ends are compared, and what counts from the start is not', async () => {
    const csv = 'A,p,600,\nB,p,60,\nC,p,60,';
    const before = await make(csv, at('A', 'M', 0), at('B', 'M', 600), at('C', 'N', 300));
    const again = { start: '2026-11-23T08:00:00Z', running: [{ id: 'A', machine: 'M', started: planStart }, { id: 'C', machine: 'N' }], locked: [at('B', 'M', 600)] };
    const comparison = compareSchedules(before, await planned(two, partsOf(`part_id,process,time_min,due\n${csv}`), again));
    expect(scheduleComparisonSchema.parse(comparison)).toEqual(comparison);
    // C began before its time, A before the second schedule.
    expect(comparison).toMatchObject({ earlier: 1, later: 0, unchanged: 2, finish: { before: '2026-11-23T17:00:00+00:00', after: '2026-11-23T17:00:00+00:00', shift_min: 0 } });
    expect(comparison.operations.map(({ id, shift_min: shift }) => [id, shift])).toEqual([['C', -180]]);
    expect(comparison.figures).not.toHaveProperty('makespan_min');
    expect(comparison.figures).not.toHaveProperty('objective');
  });

  test('tells what is finished from what is gone', async () => {
    const before = await make('A,p,60,\nB,p,60,\nC,p,60,', at('A', 'M', 0), at('B', 'M', 60), at('C', 'N', 0));
    const after = await planned(two, partsOf('part_id,process,time_min\nA,p,60\nB,p,60'), { start: '2026-11-23T07:00:00Z', finished: ['A'] });
    expect(compareSchedules(before, after)).toMatchObject({ finished: ['A'], removed: ['C'], added: [] });
  });

  test('finds nothing between a schedule and itself', async () => {
    const schedule = await planned(shop, partsOfRows(exampleRows(20, 1)));
    expect(compareSchedules(schedule, schedule)).toMatchObject({ moved: 0, earlier: 0, later: 0, unchanged: 20, added: [], removed: [], operations: [], orders: [], became_late: [], became_on_time: [] });
  });
});

test('minutes are told as planners say them', () => {
  expect([0, 0.4, 1, 59.6, 60, 200, 23 * 60 + 59, 24 * 60, 53 * 60 + 31].map(durationText)).toEqual(['0 min', 'less than a minute', '1 min', '1 h', '1 h', '3 h 20 min', '23 h 59 min', '1 d', '2 d 6 h']);
});
