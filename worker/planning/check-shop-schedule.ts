import type { Schedule } from '../../common/scheduling/schedule.ts';
import type { Shop } from '../../common/scheduling/shop.ts';
import { figureFaults } from './check-figures.ts';
import { machinePlanFaults } from './check-machine-plans.ts';
import { orderPlanFaults } from './check-order-plans.ts';
import { partFaults } from './check-parts.ts';
import { requestFaults } from './check-request.ts';
import type { EstimatedPart, RefusedPart } from './estimated-part.ts';
import { WallClock } from './wall-clock.ts';

/**
 * Checks a finished schedule against its parts, shop and request as a planner would, from what is written in it alone and with none of the code that made it: that no part is lost, capability, durations by speed,
 * working hours by the wall clock, setups between what follows each other, no overlap; order of operations, releases, lateness and its reasons; locked, running and finished operations;
 * objective, bound and every figure of plan and machines. Of the simulation only that its parts agree, of extra hours nothing. Returns what is wrong.
 */
export function checkShopSchedule(schedule: Schedule, shop: Shop, parts: readonly (EstimatedPart | RefusedPart)[]): string[] {
  const clock = new WallClock(shop.time_zone);
  return [...partFaults(schedule, parts, clock), ...machinePlanFaults(schedule, shop, clock), ...orderPlanFaults(schedule), ...requestFaults(schedule, shop, clock), ...figureFaults(schedule, shop, clock)];
}
