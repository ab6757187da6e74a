import type { Unplanned } from '../../common/scheduling/schedule.ts';
import type { Shop } from '../../common/scheduling/shop.ts';
import type { Calendar } from '../scheduling/problem.ts';
import { type PlannedOperation, type PlannedOrder, type PlannedWork, minutesOn } from './planned-work.ts';
import { workTicks } from './ticks.ts';

/** The longest times without a break, in ticks: of all, also of hours that come but once, and of those that come again and again. */
export interface LongestWindows {
  ofAll: number;
  ofRepeated: number;
}

/** The longest windows of each machine on which work must not pause. */
export function longestWindows(calendars: readonly (Calendar | undefined)[]): (LongestWindows | undefined)[] {
  return calendars.map((calendar) => {
    if (!calendar || calendar.pausing) return undefined;
    const longest = { ofAll: 0, ofRepeated: 0 };
    for (const [index, start] of calendar.starts.entries()) {
      const ticks = (calendar.ends[index] ?? 0) - start;
      longest.ofAll = Math.max(longest.ofAll, ticks);
      if (start >= calendar.repeatFrom || calendar.period === Infinity) longest.ofRepeated = Math.max(longest.ofRepeated, ticks);
    }
    return longest;
  });
}

/** Machines and when they work. */
export interface LaidMachines {
  shop: Shop;
  /** Per machine: true where it has no hours in all the time that is looked at. */
  closed: readonly boolean[];
  /** Per machine, where work must not pause: the longest times without a break. */
  longest: readonly (LongestWindows | undefined)[];
  /** Whether an operation that must not pause may be put into hours that come but once, such as those of a Saturday. */
  onDates: (operation: string) => boolean;
}

/** The machines that can make an operation, with the working ticks that it takes there. */
export function alternativesOf(operation: PlannedOperation, { shop, closed, longest, onDates }: LaidMachines): { machine: number; ticks: number }[] {
  return shop.machines.flatMap(({ processes, speed }, machine) => {
    if (closed[machine] || !processes.includes(operation.process)) return [];
    const ticks = workTicks(minutesOn(speed, operation));
    const room = longest[machine];
    return room !== undefined && ticks > (onDates(operation.id) ? room.ofAll : room.ofRepeated) ? [] : [{ machine, ticks }];
  });
}

/** The orders of which every operation fits on a machine, and those left out, here and before; `end` is the date up to which calendars are looked at. */
export function fittingOrders(work: PlannedWork, laid: LaidMachines & { end: string }): { orders: PlannedOrder[]; unplanned: Unplanned[] } {
  const unplanned = [...work.unplanned];
  const fault = (operation: PlannedOperation): Pick<Unplanned, 'reason' | 'fix'> | undefined => {
    if (alternativesOf(operation, laid).length > 0) return undefined;
    if (laid.shop.machines.every(({ processes }, machine) => laid.closed[machine] || !processes.includes(operation.process))) {
      return { reason: `no machine for ${operation.process} has working hours before ${laid.end}`, fix: 'give a calendar shifts in that time, or end a holiday or closed time of its machines' };
    }
    const hours = Math.round(minutesOn(1, operation) / 6) / 10;
    const isDated = alternativesOf(operation, { ...laid, onDates: () => true }).length > 0;
    if (isDated) {
      return { reason: `its ${hours} h fit between no two breaks of the weekly shifts of a machine for ${operation.process}, where work must not pause, and those hours of dates that are long enough are needed by others`, fix: 'split the quantity, let the machine\'s work pause over breaks, or give further dates' };
    }
    return { reason: `its ${hours} h fit between no two breaks of a machine for ${operation.process}, and work must not pause there`, fix: 'split the quantity, or let the machine\'s work pause over breaks' };
  };
  const orders = work.orders.filter((order) => {
    const faults = order.operations.map(fault);
    const first = faults.findIndex((one) => one !== undefined);
    if (first < 0) return true;
    for (const [index, { batchId, line, partId, orderId, number }] of order.operations.entries()) {
      const { reason, fix } = faults[index] ?? { reason: `operation ${order.operations[first]?.number} of its order cannot be made: ${faults[first]?.reason}`, fix: faults[first]?.fix ?? '' };
      unplanned.push({ batch_id: batchId, line, part_id: partId, order_id: orderId, operation: number, reason, fix });
    }
    return false;
  });
  return { orders, unplanned };
}
