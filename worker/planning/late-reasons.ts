import { dueText } from '../../common/scheduling/due-text.ts';
import { durationText } from '../../common/scheduling/duration-text.ts';
import type { LateOrder, Wait } from '../../common/scheduling/schedule.ts';
import { type Solution, orderCount } from '../scheduling/problem.ts';
import { type PlanTiming, finishOf } from './plan-timing.ts';
import type { PlannedSetup } from './planned-setups.ts';
import type { ShopProblem } from './shop-problem.ts';
import { minutesOf, tickMs } from './ticks.ts';

/** Why each late order is late, the latest first. */
export function lateReasons(shopProblem: ShopProblem, solution: Solution, timing: PlanTiming, setups: readonly (PlannedSetup | undefined)[]): LateOrder[] {
  const { problem, orders } = shopProblem;
  const late: LateOrder[] = [];
  const held = heldTicks(shopProblem, solution, setups);
  for (let order = 0; order < orderCount(problem); order++) {
    const due = problem.due[order] ?? Infinity;
    const ticks = finishOf(problem, solution.end, order) - due;
    if (ticks <= 0) continue;
    const waits = waitsOf(shopProblem, solution, timing, setups, held, order);
    const cause = causeOf(shopProblem, order, waits);
    late.push({ order_id: orders[order]?.id ?? '', late_min: minutesOf(ticks), cause, text: textOf(shopProblem, order, cause, waits, minutesOf(ticks)), waits });
  }
  return late.sort((a, b) => b.late_min - a.late_min);
}

/** Operations told at most of those that held a machine. */
const mostHolders = 5;

/** Working ticks for which each operation holds its machine, its setup included. */
function heldTicks({ working }: ShopProblem, solution: Solution, setups: readonly (PlannedSetup | undefined)[]): Float64Array {
  return Float64Array.from(solution.end, (end, operation) => {
    const hours = working[solution.machine[operation] ?? 0];
    const worked = (from: number, to: number): number => hours?.between(from, to) ?? to - from;
    const setup = setups[operation];
    return worked(solution.start[operation] ?? 0, end) + (setup ? worked(setup.start, setup.end) : 0);
  });
}

/** What the time from an order's release, or the start of the plan, to its finish went into; `held` as `heldTicks` gives it. */
function waitsOf({ problem, shop, operations, working }: ShopProblem, solution: Solution, timing: PlanTiming, setups: readonly (PlannedSetup | undefined)[], held: Float64Array, order: number): Wait[] {
  const waits: Wait[] = [];
  const first = problem.orderStart[order] ?? 0;
  let ready = problem.release[order] ?? 0;
  for (let operation = first; operation < (problem.orderStart[order + 1] ?? 0); operation++) {
    const m = solution.machine[operation] ?? 0;
    const machine = shop.machines[m]?.name ?? '';
    const add = (kind: Wait['kind'], ticks: number, others: string[] = []): void => {
      if (ticks > 0) waits.push({ kind, minutes: minutesOf(ticks), machine, with: others });
    };
    const worked = (from: number, to: number): number => (to <= from ? 0 : (working[m]?.between(from, to) ?? to - from));
    const start = solution.start[operation] ?? 0;
    const end = solution.end[operation] ?? 0;

    let busy = 0;
    // Those that held it longest, descending: few, since a late order may have waited for thousands.
    const longest: { id: string; ticks: number }[] = [];
    for (let other = timing.before[operation] ?? -1; other >= 0 && (solution.end[other] ?? 0) > ready; other = timing.before[other] ?? -1) {
      let ticks = held[other] ?? 0;
      const from = Math.min(solution.start[other] ?? 0, setups[other]?.start ?? Infinity);
      if (from < ready) ticks = worked(Math.max(ready, solution.start[other] ?? 0), solution.end[other] ?? 0) + worked(ready, setups[other]?.end ?? 0);
      busy += ticks;
      if (longest.length === mostHolders && ticks <= (longest.at(-1)?.ticks ?? 0)) continue;
      const place = longest.findLastIndex((holder) => holder.ticks >= ticks) + 1;
      longest.splice(place, 0, { id: operations[other]?.id ?? '', ticks });
      longest.length = Math.min(longest.length, mostHolders);
    }
    const own = setups[operation];
    const setup = own ? worked(Math.max(ready, own.start), Math.min(own.end, start)) : 0;
    const open = worked(ready, start);
    add('machine', busy, longest.map(({ id }) => id));
    add('setup', setup);
    add('idle', open - busy - setup);
    const work = worked(start, end);
    add('shift', start - ready - open + (end - start - work));
    add('work', work);
    ready = end;
  }
  return waits;
}

/** The finish of an order that has the shop for itself from some tick on, with its machines' hours or round the clock. */
function aloneFinish({ problem, working }: ShopProblem, order: number, from: number, withHours: boolean): number {
  let ready = from;
  for (let operation = problem.orderStart[order] ?? 0; operation < (problem.orderStart[order + 1] ?? 0); operation++) {
    let best = Infinity;
    for (let i = problem.alternativeStart[operation] ?? 0; i < (problem.alternativeStart[operation + 1] ?? 0); i++) {
      const machine = problem.alternativeMachine[i] ?? 0;
      const ticks = problem.alternativeDuration[i] ?? 0;
      const calendar = withHours ? working[machine] : undefined;
      best = Math.min(best, calendar ? calendar.end(calendar.start(ready, ticks), ticks) : ready + ticks);
    }
    ready = best;
  }
  return ready;
}

function causeOf(shopProblem: ShopProblem, order: number, waits: readonly Wait[]): LateOrder['cause'] {
  const { problem } = shopProblem;
  const due = problem.due[order] ?? Infinity;
  const release = problem.release[order] ?? 0;
  if (due <= 0) return 'overdue';
  if (aloneFinish(shopProblem, order, release, true) > due) {
    if (aloneFinish(shopProblem, order, 0, true) <= due) return 'release';
    if (aloneFinish(shopProblem, order, 0, false) > due) return 'work';
    return aloneFinish(shopProblem, order, release, false) <= due ? 'shift' : 'release';
  }
  const minutes = (kind: Wait['kind']): number => waits.reduce((sum, wait) => sum + (wait.kind === kind ? wait.minutes : 0), 0);
  const kinds = ['machine', 'setup', 'idle'] as const;
  const most = kinds.reduce((best, kind) => (minutes(kind) > minutes(best) ? kind : best), 'machine' as (typeof kinds)[number]);
  return minutes(most) > 0 ? most : 'shift';
}

function textOf(shopProblem: ShopProblem, order: number, cause: LateOrder['cause'], waits: readonly Wait[], late: number): string {
  const { problem, clock, start } = shopProblem;
  const time = (tick: number): string => clock.iso(start + tick * tickMs).slice(0, 16).replace('T', ' ');
  const head = `${durationText(late)} late`;
  const release = problem.release[order] ?? 0;
  const longest = (kind: Wait['kind']): Wait | undefined => waits.filter((wait) => wait.kind === kind).sort((a, b) => b.minutes - a.minutes)[0];
  switch (cause) {
    case 'overdue':
      return `${head}: was due ${dueText(clock, start + (problem.due[order] ?? 0) * tickMs)}, before the plan starts`;
    case 'release':
      return `${head}: released at ${time(release)}, it cannot end before ${time(aloneFinish(shopProblem, order, release, true))} even with the shop for itself`;
    case 'work':
      return `${head}: its work takes ${durationText(minutesOf(aloneFinish(shopProblem, order, 0, false)))} even round the clock with the shop for itself`;
    case 'shift':
      return `${head}: within the machines' hours it cannot end before ${time(aloneFinish(shopProblem, order, release, true))} even with the shop for itself`;
    case 'machine': {
      const wait = longest('machine');
      return `${head}: waits ${durationText(wait?.minutes ?? 0)} for ${wait?.machine}, busy with ${list(wait?.with ?? [])}`;
    }
    case 'setup': {
      const wait = longest('setup');
      return `${head}: waits ${durationText(wait?.minutes ?? 0)} for the setup of ${wait?.machine}`;
    }
    case 'idle': {
      const wait = longest('idle');
      return `${head}: ${wait?.machine} is kept free for ${durationText(wait?.minutes ?? 0)} before it, for a locked start or another order`;
    }
    default:
      return cause satisfies never;
  }
}

function list(ids: readonly string[]): string {
  if (ids.length <= 3) return ids.join(', ');
  return `${ids.slice(0, 3).join(', ')} and others`;
}
