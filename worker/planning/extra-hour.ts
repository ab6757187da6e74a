import type { ExtraHour } from '../../common/scheduling/schedule.ts';
import type { Calendar } from '../scheduling/problem.ts';
import { WorkingTime } from '../scheduling/working-time.ts';
import { machineGroups } from './machine-groups.ts';
import { type PlanTiming, weightedTardiness } from './plan-timing.ts';
import type { ShopProblem } from './shop-problem.ts';
import { minuteTicks, minutesOf, tickMs } from './ticks.ts';

const hourTicks = 60 * minuteTicks;

/** Ends of work tried at most for each group, and operations timed at most in all. */
const mostEnds = 10;
const mostSteps = 2e7;

/**
 * What one more hour would gain: for each group of like machines the plan is timed again, with machines and orders of work kept, where all machines of the group work on for an
 * hour after one of their next ten ends of work (those that an hour or more of rest follows), one end at a time; the best end is told. Groups that work round the clock gain nothing.
 */
export function extraHours(shopProblem: ShopProblem, timing: PlanTiming): ExtraHour[] {
  const { problem, shop, clock, start, working } = shopProblem;
  const run = timing.timing();
  timing.run(timing.planned, working, run);
  const base = { tardiness: weightedTardiness(problem, run.end), makespan: run.makespan };
  const groups = machineGroups(shop);
  const ends = Math.max(1, Math.min(mostEnds, Math.floor(mostSteps / (groups.length * timing.machine.length))));

  const hours = groups.map(({ name, machines }): ExtraHour => {
    let best = { after: -1, tardiness: 0, makespan: 0 };
    const calendar = problem.calendars[machines[0] ?? 0];
    for (const after of calendar ? endsOfWork(calendar, base.makespan).slice(0, ends) : []) {
      const longer = working.map((hoursNow, machine) => {
        const own = problem.calendars[machine];
        return machines.includes(machine) && own ? new WorkingTime(withHourAfter(own, after)) : hoursNow;
      });
      timing.run(timing.planned, longer, run);
      const gain = { after, tardiness: base.tardiness - weightedTardiness(problem, run.end), makespan: base.makespan - run.makespan };
      const better = problem.objective === 'tardiness'
        ? gain.tardiness - best.tardiness || gain.makespan - best.makespan
        : gain.makespan - best.makespan || gain.tardiness - best.tardiness;
      if (better > 0) best = gain;
    }
    return {
      group: name,
      machines: machines.map((machine) => shop.machines[machine]?.name ?? ''),
      after: best.after < 0 ? null : clock.iso(start + best.after * tickMs),
      tardiness_gain_min: minutesOf(best.tardiness),
      makespan_gain_min: minutesOf(best.makespan),
    };
  });
  return hours.sort((a, b) => (problem.objective === 'tardiness' ? b.tardiness_gain_min - a.tardiness_gain_min || b.makespan_gain_min - a.makespan_gain_min : b.makespan_gain_min - a.makespan_gain_min || b.tardiness_gain_min - a.tardiness_gain_min));
}

/** Ends of windows before a tick that an hour or more without work follows. */
function endsOfWork({ starts, ends }: Calendar, before: number): number[] {
  return [...ends].filter((end, index) => end < before && (starts[index + 1] ?? Infinity) - end >= hourTicks);
}

/** The calendar with an hour more after one of its ends of work; unchanged where no window ends there. */
function withHourAfter(calendar: Calendar, after: number): Calendar {
  const index = calendar.ends.indexOf(after);
  if (index < 0 || (calendar.starts[index + 1] ?? Infinity) - after < hourTicks) return calendar;
  return { ...calendar, ends: calendar.ends.with(index, after + hourTicks) };
}
