import type { MachineFigures, Schedule, ScheduledOperation } from '../../common/scheduling/schedule.ts';
import type { Shop } from '../../common/scheduling/shop.ts';
import { rounding, sumRounding } from './check-tolerance.ts';
import { checkedHours } from './checked-hours.ts';
import type { WallClock } from './wall-clock.ts';

/** What is wrong with the figures of a schedule, each told again from its operations and orders: objective, bound and gap, those of the plan and of each machine, what the simulation's have in common. */
export function figureFaults(schedule: Schedule, shop: Shop, clock: WallClock): string[] {
  return [...objectiveFaults(schedule), ...planFaults(schedule), ...machineFaults(schedule, shop, clock), ...bottleneckFaults(schedule, shop), ...simulationFaults(schedule)];
}

/** A figure that is not what it should be. */
function wrong(what: string, expected: number, found: number, tolerance: number): string[] {
  return Math.abs(expected - found) <= tolerance ? [] : [`${what} is ${expected}, not ${found}`];
}

const sum = <T>(values: readonly T[], of: (value: T) => number): number => values.reduce((total, value) => total + of(value), 0);
const most = <T>(values: readonly T[], of: (value: T) => number): number => values.reduce((largest, value) => Math.max(largest, of(value)), 0);

function objectiveFaults(schedule: Schedule): string[] {
  const { orders, operations, objective, lower_bound: bound, status, options } = schedule;
  const minutes = (time: string): number => (Date.parse(time) - Date.parse(schedule.start)) / 60_000;
  const expected = {
    makespan: most(operations, ({ end }) => minutes(end)),
    tardiness: sum(orders, ({ weight, late_min: late }) => weight * late),
    finish: sum(orders, ({ weight, finish }) => weight * minutes(finish)),
    setup: sum(operations, ({ changeover_min: setup }) => setup),
  }[schedule.objective_name];
  const weights = sum(orders, ({ weight }) => weight) + 1 + operations.length;
  const faults = wrong('the objective', expected, objective, rounding * weights);
  if (bound > objective) faults.push(`the bound ${bound} is above the objective ${objective}`);
  if (status === 'optimal' && bound !== objective) faults.push(`the schedule is said to be optimal with a bound of ${bound} and an objective of ${objective}`);
  if (status === 'kept' && options.keep !== 'least_disruption') faults.push('the schedule is said to be kept, and was to be searched');
  return [...faults, ...wrong('the gap', objective <= bound || objective <= 0 ? 0 : (objective - bound) / objective, schedule.gap, 1e-9)];
}

function planFaults({ figures, orders, operations, start }: Schedule): string[] {
  const processes = [...new Set([...operations.map(({ process }) => process), ...Object.keys(figures.work_by_process)])];
  const finish = most(operations, ({ end }) => Date.parse(end));
  const weights = sum(orders, ({ weight }) => weight);
  return [
    ...wrong('the number of operations', operations.length, figures.operations, 0),
    ...wrong('the number of orders', orders.length, figures.orders, 0),
    ...wrong('the makespan', (finish - Date.parse(start)) / 60_000, figures.makespan_min, rounding),
    ...(finish === Date.parse(figures.finish) ? [] : [`the plan ends at ${new Date(finish).toISOString()}, not at ${figures.finish}`]),
    ...wrong('the number of late orders', orders.filter(({ late_min: late }) => late > 0).length, figures.late_orders, 0),
    ...wrong('the weighted tardiness', sum(orders, ({ weight, late_min: late }) => weight * late), figures.tardiness_min, sumRounding(weights)),
    ...wrong('the largest lateness', most(orders, ({ late_min: late }) => late), figures.largest_late_min, rounding),
    ...wrong('the changeover time', sum(operations, ({ changeover_min: setup }) => setup), figures.changeover_min, sumRounding(operations.length)),
    ...processes.flatMap((process) => {
      const work = sum(operations.filter((operation) => operation.process === process), ({ work_min: minutes }) => minutes);
      return wrong(`the work of ${process}`, work, figures.work_by_process[process] ?? 0, sumRounding(operations.length));
    }),
  ];
}

function machineFaults(schedule: Schedule, shop: Shop, clock: WallClock): string[] {
  const { machines } = schedule.figures;
  const listed = machines.map(({ machine }) => machine).join();
  const names = shop.machines.map(({ name }) => name).join();
  if (listed !== names) return [`the figures are of the machines ${listed}, and the shop has ${names}`];
  const [from, to] = [Date.parse(schedule.start), most(schedule.operations, ({ end }) => Date.parse(end))];
  return shop.machines.flatMap((machine, index) => {
    const figures = machines[index];
    const there = schedule.operations.filter((operation) => operation.machine === machine.name);
    const available = checkedHours(shop, machine, clock, from, to)(from, to);
    return figures ? oneMachineFaults(machine.name, there, available, figures) : [];
  });
}

function oneMachineFaults(name: string, there: readonly ScheduledOperation[], hours: number, figures: MachineFigures): string[] {
  const { available_min: available, work_min: work, changeover_min: changeover } = figures;
  const finish = there.length === 0 ? null : most(there, ({ end }) => Date.parse(end));
  const of = (what: string): string => `the ${what} of ${name}`;
  const share = (part: number, whole: number): number => (whole <= 0 ? 0 : Math.min(1, part / whole));
  // Shares have four digits, of minutes that have three.
  const digits = (whole: number): number => 1e-4 + 0.003 / Math.max(whole, 0.003);
  return [
    ...wrong(of('number of operations'), there.length, figures.operations, 0),
    ...wrong(of('available time'), hours, available, rounding),
    ...wrong(of('work'), sum(there, ({ work_min: minutes }) => minutes), work, sumRounding(there.length)),
    ...wrong(of('changeover time'), sum(there, ({ changeover_min: minutes }) => minutes), changeover, sumRounding(there.length)),
    ...wrong(of('utilisation'), share(work + changeover, available), figures.utilisation, digits(available)),
    ...wrong(of('share of changeovers'), share(changeover, work + changeover), figures.changeover_share, digits(work + changeover)),
    ...(finish === (figures.finish === null ? null : Date.parse(figures.finish)) ? [] : [`${of('finish')} is not ${figures.finish}`]),
  ];
}

/** The bottleneck is named by what its machines can do, and by their calendar where others can do the same. */
function bottleneckFaults({ figures }: Schedule, shop: Shop): string[] {
  const groups = new Map<string, { names: string[]; busy: number; available: number }>();
  for (const { name, processes, calendar } of shop.machines) {
    const work = [...processes].sort().join(' + ');
    const key = JSON.stringify([work, calendar]);
    const group = groups.get(key) ?? { names: [work, `${work} (${calendar ?? 'round the clock'})`], busy: 0, available: 0 };
    const own = figures.machines.find(({ machine }) => machine === name);
    group.busy += (own?.work_min ?? 0) + (own?.changeover_min ?? 0);
    group.available += own?.available_min ?? 0;
    groups.set(key, group);
  }
  const shares = [...groups.values()].map(({ names, busy, available }) => ({ names, share: available <= 0 ? 0 : Math.min(1, busy / available) }));
  const highest = most(shares, ({ share }) => share);
  const named = most(shares.filter(({ names }) => figures.bottleneck !== null && names.includes(figures.bottleneck)), ({ share }) => share);
  return highest - named <= 1e-3 ? [] : [`the bottleneck is not ${figures.bottleneck}`];
}

function simulationFaults({ simulation, options, orders }: Schedule): string[] {
  const faults: string[] = [];
  if ((simulation === null) !== (options.draws === 0)) faults.push(`${options.draws} draws were asked for, and the simulation is ${simulation === null ? 'missing' : 'there'}`);
  for (const { id, due, on_time: chance, finish_10: early, finish_50: middle, finish_90: late } of orders) {
    if ((chance === null) !== (due === null || simulation === null)) faults.push(`the chance of order ${id} to be on time is ${chance}`);
    if (chance !== null && simulation !== null && simulation.all_on_time > chance + 1e-4) faults.push(`order ${id} is on time less often than all orders together`);
    const times = [early, middle, late].map((time) => (time === null ? NaN : Date.parse(time)));
    const ascending = times.every((time, index) => time >= (times[index - 1] ?? -Infinity));
    if (simulation === null ? times.some((time) => !Number.isNaN(time)) : !ascending) faults.push(`the likely finishes of order ${id} are ${early}, ${middle}, ${late}`);
  }
  return faults;
}
