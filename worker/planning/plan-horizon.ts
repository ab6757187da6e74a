import { dayMinutes, shiftMinutes } from '../../common/scheduling/shift-minutes.ts';
import type { Shop } from '../../common/scheduling/shop.ts';
import { type PlannedWork, minutesOn } from './planned-work.ts';
import { minuteTicks, tickMs } from './ticks.ts';

const dayTicks = dayMinutes * minuteTicks;

/** Days within which every plan must end: calendars are not laid out further. */
export const longestPlanDays = 40 * 366;

/** Days at least: windows of a quarter cost nothing and cover most plans. */
const shortestDays = 92;

/**
 * Ticks from the start of the plan (ms) within which a reasonable plan of some work ends: behind the latest release, three times the time that each process's
 * machines need for its share together, one after the other for the longest order, at the working hours of the shortest week. A guess that is checked against
 * the schedule, and doubled where that runs longer.
 */
export function planHorizon(work: PlannedWork, shop: Shop, start: number): number {
  const load = new Map<string, number>();
  let longestOrder = 0;
  for (const order of work.orders) {
    let minutes = 0;
    for (const operation of order.operations) {
      minutes += minutesOn(slowest(shop, operation.process), operation);
      load.set(operation.process, (load.get(operation.process) ?? 0) + minutesOn(slowest(shop, operation.process), operation));
    }
    longestOrder = Math.max(longestOrder, minutes);
  }
  // A machine that does everything may get the work of all processes, so that only all machines together are sure to be enough.
  const all = [...load].reduce((sum, [process, minutes]) => sum + minutes / Math.max(1, shop.machines.filter(({ processes }) => processes.includes(process)).length), 0);
  const share = Math.min(...shop.machines.map(({ calendar }) => weeklyShare(shop, calendar)));
  const released = Math.max(start, ...work.orders.map(({ release }) => release ?? start)) - start;
  const ticks = released / tickMs + (3 * (all + longestOrder) * minuteTicks) / share + shortestDays * dayTicks;
  return Math.min(longestPlanDays * dayTicks, Math.ceil(ticks / dayTicks) * dayTicks);
}

function slowest(shop: Shop, process: string): number {
  return Math.min(...shop.machines.filter(({ processes }) => processes.includes(process)).map(({ speed }) => speed), 100);
}

/** Share of a plain week in which a calendar works; a fiftieth at least, for calendars with only dated hours. */
function weeklyShare(shop: Shop, name: string | undefined): number {
  const calendar = name === undefined ? undefined : shop.calendars[name];
  if (!calendar) return 1;
  const minutes = calendar.weekly.reduce((sum, shift) => {
    const { from, to } = shiftMinutes(shift);
    return sum + shift.days.length * (to - from);
  }, 0);
  return Math.max(0.02, minutes / (7 * dayMinutes));
}
