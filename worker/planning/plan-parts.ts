import { SpindleError } from '../../common/errors.ts';
import { timeFix } from '../../common/scheduling/read-shop.ts';
import type { Schedule, ScheduledOperation } from '../../common/scheduling/schedule.ts';
import type { ScheduleRequest } from '../../common/scheduling/schedule-request.ts';
import type { Shop } from '../../common/scheduling/shop.ts';
import { ZonedClock } from '../../common/scheduling/zoned-clock.ts';
import { checkSchedule } from '../scheduling/check-schedule.ts';
import type { Problem, Solution } from '../scheduling/problem.ts';
import { checkShopSchedule } from './check-shop-schedule.ts';
import type { EstimatedPart, RefusedPart } from './estimated-part.ts';
import { withoutFinished } from './finished-operations.ts';
import { leastDisruption } from './least-disruption.ts';
import { makeSchedule } from './make-schedule.ts';
import { longestPlanDays, planHorizon } from './plan-horizon.ts';
import { readPlannedWork } from './read-planned-work.ts';
import { type ShopProblem, shopProblem } from './shop-problem.ts';
import { minuteTicks } from './ticks.ts';

/** What a solver gives back; `solve` of the scheduling folder, bound to its options, is one. */
export interface Solved {
  readonly solution: Solution;
  readonly lowerBound: number;
  readonly status: 'optimal' | 'feasible';
}

/** How a problem is solved within some seconds. */
export type SolveProblem = (problem: Problem, seconds: number) => Promise<Solved>;

/** What a schedule is made from. */
export interface PlanInput {
  readonly parts: readonly (EstimatedPart | RefusedPart)[];
  readonly shop: Shop;
  readonly shopVersion: string;
  readonly request: ScheduleRequest;
  /** The operations of the earlier schedule, where one is to be kept as far as possible. */
  readonly earlier?: readonly Pick<ScheduledOperation, 'id' | 'machine' | 'start'>[];
  readonly solve: SolveProblem;
  /** The clock, in ms since 1970. */
  readonly now: () => number;
}

/** Seconds for the lower bound of a plan that is kept rather than searched. */
const boundSeconds = 1;

const dayTicks = 24 * 60 * minuteTicks;

/**
 * Plans estimated parts on a shop's machines. Throws what `readPlannedWork` and `shopProblem` throw, `invalid_schedule_request` for a request that cannot be followed, and
 * `internal` where the checker finds a fault in the solver's answer: never a wrong schedule.
 */
export async function planParts({ parts, shop, shopVersion, request, earlier, solve, now }: PlanInput): Promise<Schedule> {
  const began = now();
  const clock = new ZonedClock(shop.time_zone);
  const given = request.start === undefined ? began : clock.read(request.start);
  if (given === undefined) throw new SpindleError('invalid_schedule_request', `start: "${request.start}" is no date and time; ${timeFix}`);
  const start = Math.ceil(given / 60_000) * 60_000;
  if (request.keep === 'least_disruption' && earlier === undefined) {
    throw new SpindleError('invalid_schedule_request', 'keep: least_disruption needs the earlier schedule; name it, or plan with keep "best"');
  }
  const work = withoutFinished(readPlannedWork(parts, shop, clock), request);

  for (let horizon = planHorizon(work, shop, start); ; horizon *= 2) {
    const laid = shopProblem({ work, shop, clock, request, start, horizon });
    const { status, lowerBound, solution } = await answer(laid, request, earlier, solve);
    if (solution.makespan > horizon) {
      if (horizon < longestPlanDays * dayTicks) continue;
      throw new SpindleError('invalid_schedule_request', `the work lasts beyond ${Math.floor(longestPlanDays / 366)} years: check quantities and calendars, or plan fewer parts`);
    }
    const { faults } = checkSchedule(laid.problem, solution, lowerBound);
    if (faults.length > 0) throw new SpindleError('internal', faultText(laid, faults));
    const made = { solution, lowerBound, status, request, shopVersion, modelVersions: work.modelVersions };
    const schedule = makeSchedule(laid, { ...made, now: now(), runtimeSeconds: (now() - began) / 1_000 });
    const wrong = checkShopSchedule(schedule, shop);
    if (wrong.length > 0) throw new SpindleError('internal', faultText(laid, wrong));
    return schedule;
  }
}

async function answer(laid: ShopProblem, request: ScheduleRequest, earlier: PlanInput['earlier'], solve: SolveProblem): Promise<Omit<Solved, 'status'> & { status: Schedule['status'] }> {
  if (request.keep === 'best' || earlier === undefined) return solve(laid.problem, request.time_limit_s);
  const solution = leastDisruption(laid, earlier);
  const { lowerBound } = await solve(laid.problem, Math.min(boundSeconds, request.time_limit_s));
  return { solution, lowerBound, status: 'kept' };
}

function faultText({ fixings }: ShopProblem, faults: readonly string[]): string {
  const hint = fixings.length > 0 ? ' (locked operations may leave no room for the others)' : '';
  return `the schedule does not hold and is thrown away${hint}: ${faults.slice(0, 3).join('; ')}`;
}
