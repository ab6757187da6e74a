import { SpindleError } from '../../common/errors.ts';
import { readPlanStart } from '../../common/scheduling/plan-start.ts';
import type { Schedule, ScheduledOperation } from '../../common/scheduling/schedule.ts';
import type { ScheduleRequest } from '../../common/scheduling/schedule-request.ts';
import type { Shop } from '../../common/scheduling/shop.ts';
import { ZonedClock } from '../../common/scheduling/zoned-clock.ts';
import { checkSchedule } from '../scheduling/check-schedule.ts';
import type { Problem, Solution } from '../scheduling/problem.ts';
import { checkShopSchedule } from './check-shop-schedule.ts';
import type { EstimatedPart, RefusedPart } from './estimated-part.ts';
import { withoutFinished } from './finished-operations.ts';
import { tooFewHours } from './hours-left-over.ts';
import { type EarlierPlan, leastDisruption } from './least-disruption.ts';
import { makeSchedule } from './make-schedule.ts';
import { planProgress } from './plan-progress.ts';
import { firstHorizon, longestHorizon, reachingProblem, simplePlan } from './plan-horizon.ts';
import { knownAs } from './planned-work.ts';
import { readPlannedWork } from './read-planned-work.ts';
import type { ShopProblem } from './shop-problem.ts';
import { tickMs } from './ticks.ts';

/** What a solver gives back; `solve` of the scheduling folder, bound to its options, is one. */
export interface Solved {
  readonly solution: Solution;
  readonly lowerBound: number;
  readonly status: 'optimal' | 'feasible';
}

/** How a problem is solved within some seconds, from a schedule on where there is one. */
export type SolveProblem = (problem: Problem, seconds: number, incumbent?: Solution) => Promise<Solved>;

/** What a schedule is made from. */
export interface PlanInput {
  readonly parts: readonly (EstimatedPart | RefusedPart)[];
  readonly shop: Shop;
  readonly shopVersion: string;
  readonly request: ScheduleRequest;
  /** The operations of the earlier schedule, where one is to be kept as far as possible or bettered. */
  readonly earlier?: readonly ScheduledOperation[];
  readonly solve: SolveProblem;
  /** Seconds that are left at most for planning so many operations, where something besides the request limits them. */
  readonly secondsLeft?: (operations: number) => number;
  /** The clock, in ms since 1970. */
  readonly now: () => number;
}

/** Seconds at most for the lower bound of a plan that is kept rather than searched, and share of the time limit. */
const boundSeconds = 1;
const boundShare = 0.2;

/** Seconds of search at least, however little is left: enough for some plan. */
const shortestSearch = 0.05;

/** Share of the search for making a plan to start from out of the earlier one. */
const startShare = 0.2;

/**
 * Plans estimated parts on a shop's machines. Throws what `readPlannedWork` and `shopProblem` throw, `invalid_schedule_request` for a request that cannot be followed, and
 * `internal` where the checker finds a fault in the solver's answer: never a wrong schedule.
 */
export async function planParts({ parts, shop, shopVersion, request: asked, earlier, solve, now, secondsLeft = () => Infinity }: PlanInput): Promise<Schedule> {
  const began = now();
  const clock = new ZonedClock(shop.time_zone);
  const start = Math.ceil(readPlanStart(asked.start, clock, began) / 60_000) * 60_000;
  if (asked.keep === 'least_disruption' && earlier === undefined) {
    throw new SpindleError('invalid_schedule_request', 'keep: least_disruption needs the earlier schedule; name it, or plan with keep "best"');
  }
  if (asked.progress === 'as_planned' && earlier === undefined) {
    throw new SpindleError('invalid_schedule_request', 'progress: as_planned needs the earlier schedule; name it, or plan with progress "as_told"');
  }
  const given = readPlannedWork(parts, shop, clock);
  const { request, warnings } = earlier === undefined ? { request: asked, warnings: [] } : planProgress(asked, { work: given, earlier, shop, clock, start });
  const work = withoutFinished({ ...given, warnings: [...given.warnings, ...warnings] }, request);

  const deadline = now() + 1_000 * request.time_limit_s;
  const input = { work, shop, clock, request, start };

  let laid = reachingProblem(input, firstHorizon(input));
  let found = await answer(laid, earlier);
  while (found.solution.makespan > laid.horizon) {
    if (laid.horizon >= longestHorizon) throw tooFewHours(laid, found.solution);
    const tooLong = earlierPlan(laid, found.solution);
    laid = reachingProblem(input, 2 * laid.horizon);
    found = await answer(laid, tooLong);
  }
  const { faults } = checkSchedule(laid.problem, found.solution, found.lowerBound);
  if (faults.length > 0) throw new SpindleError('internal', faultText(laid, faults));
  const made = { ...found, request, shopVersion, modelVersions: work.modelVersions };
  const schedule = makeSchedule(laid, { ...made, now: now(), runtimeSeconds: (now() - began) / 1_000 });
  const wrong = checkShopSchedule(schedule, shop, parts);
  if (wrong.length > 0) throw new SpindleError('internal', faultText(laid, wrong));
  return schedule;

  async function answer(shopProblem: ShopProblem, before: EarlierPlan | undefined): Promise<Omit<Solved, 'status'> & { status: Schedule['status'] }> {
    const { problem } = shopProblem;
    const left = (): number => Math.min((deadline - now()) / 1_000, secondsLeft(shopProblem.operations.length));
    const search = (seconds: number, incumbent?: Solution): Promise<Solved> => solve(problem, Math.max(shortestSearch, seconds), incumbent);
    // A list that is worked off one by one may come too late for a locked start.
    const searchFrom = (plan: Solution): Promise<Solved> => (checkSchedule(problem, plan).faults.length > 0 ? search(left()) : search(left(), plan));
    // The simple plan puts what waits for hours of a date where these are; rules that begin with what can start first may miss them.
    if (before === undefined) return shopProblem.dated.size === 0 ? search(left()) : searchFrom(simplePlan(shopProblem));
    if (request.keep === 'least_disruption') {
      const forBound = Math.min(boundSeconds, boundShare * left());
      const solution = leastDisruption(shopProblem, before, () => left() <= forBound);
      const { lowerBound } = await search(Math.min(boundSeconds, left()));
      return { solution, lowerBound, status: 'kept' };
    }
    const until = (1 - startShare) * left();
    const kept = leastDisruption(shopProblem, before, () => left() <= until);
    return searchFrom(kept);
  }
}

function earlierPlan({ operations, shop, clock, start }: ShopProblem, solution: Solution): EarlierPlan {
  return operations.map((planned, operation) => ({ ...knownAs(planned), machine: shop.machines[solution.machine[operation] ?? 0]?.name ?? '', start: clock.iso(start + (solution.start[operation] ?? 0) * tickMs) }));
}

function faultText({ fixings }: ShopProblem, faults: readonly string[]): string {
  const hint = fixings.length > 0 ? ' (locked operations may leave no room for the others)' : '';
  return `the schedule does not hold and is thrown away${hint}: ${faults.slice(0, 3).join('; ')}`;
}
