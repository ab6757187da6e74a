import type { EngineOptions } from './problem.ts';

/**
 * The moment by which a part of a run is to end: `share` (0 to 1) of the time left. Where iterations are limited they alone say how far each part
 * goes, so that it can be repeated whatever the clock says: its only end is that of the whole.
 */
export function shareOfTime({ now, deadline, iterations }: EngineOptions, share: number): number {
  if (iterations !== undefined) return deadline;
  const at = now();
  return at + share * (deadline - at);
}

/**
 * Tells, before each step of a bound, whether it may go on: within `share` of the time left or, where iterations are limited, for steps
 * that cost `most` together, in whatever unit they are counted; `always`: for no more than that anyway.
 */
export function boundBudget(options: EngineOptions, share: number, most: number, always = false): (cost?: number) => boolean {
  const { now, stop, iterations } = options;
  const until = shareOfTime(options, share);
  let spent = 0;
  return (cost = 1) => {
    spent += cost;
    return ((iterations === undefined && !always) || spent <= most) && now() < until && !stop();
  };
}
