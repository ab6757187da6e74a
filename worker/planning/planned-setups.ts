import type { Solution } from '../scheduling/problem.ts';
import type { WorkingTime } from '../scheduling/working-time.ts';
import type { PlanTiming } from './plan-timing.ts';

/** When the setup ahead of an operation is done, in ticks. */
export interface PlannedSetup {
  start: number;
  end: number;
}

/** The setup ahead of each operation, as late as its start allows; undefined where there is none. */
export function plannedSetups(solution: Pick<Solution, 'machine' | 'start' | 'end'>, timing: PlanTiming, working: readonly (WorkingTime | undefined)[]): (PlannedSetup | undefined)[] {
  return Array.from(solution.machine, (machine, operation) => {
    const ticks = timing.setup[operation] ?? 0;
    if (ticks === 0) return undefined;
    const before = timing.before[operation] ?? -1;
    const free = before < 0 ? 0 : (solution.end[before] ?? 0);
    const until = solution.start[operation] ?? 0;
    const calendar = working[machine];
    if (!calendar) return { start: until - ticks, end: until };
    // The latest tick from which the setup is done in time: its end never falls when its start rises.
    let early = free;
    let late = Math.max(free, until - ticks);
    while (early < late) {
      const middle = Math.ceil((early + late) / 2);
      if (calendar.end(calendar.start(middle, ticks), ticks) <= until) early = middle;
      else late = middle - 1;
    }
    const start = calendar.start(early, ticks);
    return { start, end: calendar.end(start, ticks) };
  });
}
