import { machineWindows } from '../../common/scheduling/working-windows.ts';
import { dayMinutes } from '../../common/scheduling/shift-minutes.ts';
import type { Machine, Shop } from '../../common/scheduling/shop.ts';
import type { ZonedClock } from '../../common/scheduling/zoned-clock.ts';
import { type Solution, operationCount, orderOfOperation } from '../scheduling/problem.ts';
import { checkHoursSuffice } from './hours-left-over.ts';
import { listSchedule } from './list-schedule.ts';
import { type ShopProblem, type ShopProblemInput, shopProblem } from './shop-problem.ts';
import { minuteTicks, tickMs } from './ticks.ts';

const dayTicks = dayMinutes * minuteTicks;

/** Ticks within which every plan must end, about 40 years: calendars are not laid out further. */
export const longestHorizon = 40 * 366 * dayTicks;

/** Days at least: windows of a quarter cost nothing and cover most plans. */
const shortestDays = 92;

/** A horizon holds a simple plan so many times over, since a better one may end later, as may a simulated one; a longer one is made for twice as much. */
const margin = 1.5;

/** A quarter from the latest release and locked start on, and from when each process has a machine with working hours. */
export function firstHorizon({ work, shop, clock, request, start }: Work): number {
  const processes = new Set(work.orders.flatMap(({ operations }) => operations.map(({ process }) => process)));
  const opened = [...processes].map((process) => Math.min(...shop.machines.filter((machine) => machine.processes.includes(process)).map((machine) => opening(shop, machine, clock, start))));
  const released = work.orders.map(({ release }) => release ?? start);
  const locked = request.locked.map((lock) => (lock.start === undefined ? start : (clock.read(lock.start) ?? start)));
  const from = [...opened, ...released, ...locked].reduce((latest, instant) => (instant < Infinity ? Math.max(latest, instant) : latest), start);
  return Math.min(longestHorizon, (Math.ceil((from - start) / tickMs / dayTicks) + shortestDays) * dayTicks);
}

/** The instant at which a machine's first working hours begin; Infinity where it has none. */
function opening(shop: Shop, machine: Machine, clock: ZonedClock, start: number): number {
  for (let horizon = shortestDays * dayTicks; ; horizon = Math.min(longestHorizon, 4 * horizon)) {
    const [first] = machineWindows(shop, machine, clock, start, start + horizon * tickMs);
    if (first !== undefined || horizon === longestHorizon) return first?.start ?? Infinity;
  }
}

/** Times that some operations are kept out of the hours of dates before all are. */
const mostDatedTrials = 20;

/** What a problem is made of, but how far calendars reach and what may use the hours of dates. */
type Work = Omit<ShopProblemInput, 'horizon' | 'notOnDates'>;

/**
 * The problem of some work with calendars that reach beyond a simple plan of it, and to `horizon` ticks at least; what finds no room in the hours of dates that it needs is left out of
 * these. Throws what `shopProblem` throws, and `invalid_schedule_request` where machines have too few working hours for any plan.
 */
export function reachingProblem(input: Work, horizon: number): ShopProblem {
  let reach = Math.min(longestHorizon, horizon);
  let notOnDates: ReadonlySet<string> | 'all' = new Set();
  for (let trial = 1; ; ) {
    const laid = shopProblem({ ...input, horizon: reach, notOnDates });
    const plan = simplePlan(laid);
    if (margin * plan.makespan <= reach) return laid;
    if (plan.makespan === Infinity && notOnDates !== 'all') {
      const more: string[] = trial++ < mostDatedTrials ? firstWithoutRoom(laid, plan) : [];
      notOnDates = more.length === 0 ? 'all' : new Set([...notOnDates, ...more]);
      continue;
    }
    if (reach === longestHorizon) {
      checkHoursSuffice(laid, plan);
      return laid;
    }
    reach = Math.min(longestHorizon, 2 * Math.max(reach, Math.ceil(plan.makespan / dayTicks) * dayTicks));
  }
}

/** Of the operations on each machine that wait for hours of a date, the first for which none are left. */
function firstWithoutRoom({ operations, dated }: ShopProblem, plan: Solution): string[] {
  const first = new Map<number, string>();
  for (const operation of dated) {
    const machine = plan.machine[operation] ?? 0;
    if (plan.end[operation] === Infinity && !first.has(machine)) first.set(machine, operations[operation]?.id ?? '');
  }
  return [...first.values()];
}

/** Order by order, those first that fit only into hours of a date, as they are released, then due, each operation on the machine where it ends first. */
export function simplePlan({ problem, working, dated }: ShopProblem): Solution {
  const orderOf = orderOfOperation(problem);
  const waits = new Set([...dated].map((operation) => orderOf[operation]));
  const byDates = (a: number, b: number): number => Number(waits.has(orderOf[b])) - Number(waits.has(orderOf[a]));
  const by = (times: Float64Array, a: number, b: number): number => {
    const [one, other] = [times[orderOf[a] ?? 0] ?? 0, times[orderOf[b] ?? 0] ?? 0];
    return one === other ? 0 : one - other;
  };
  const list = Int32Array.from({ length: operationCount(problem) }, (_, operation) => operation);
  list.sort((a, b) => byDates(a, b) || by(problem.release, a, b) || by(problem.due, a, b) || a - b);
  return listSchedule(problem, list, new Int32Array(list.length).fill(-1), working);
}
