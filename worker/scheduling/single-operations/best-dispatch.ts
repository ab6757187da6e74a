import { type MachineSequences, type Solution, isBetter } from '../problem.ts';
import { type DispatchRule, dispatch } from './dispatch-rules.ts';
import { seekLookAheads } from './look-aheads.ts';
import { type ParallelWork } from './parallel-work.ts';
import { scheduleOfSequences } from './schedule-of-sequences.ts';

/** The quickest rule, and those that seldom make the best schedule. */
const firstRule: DispatchRule = 'edd';
const lastRules: readonly DispatchRule[] = ['spt', 'fifo', 'ms'];

/**
 * The best of the schedules that the dispatch rules make, ATCS with the look-aheads that suit the work; `onImproved` is called with each better one that can be.
 * With the first schedule it ends as soon as `isOver`.
 */
export function bestDispatch(work: ParallelWork, onImproved?: (solution: Solution) => void, isOver = (): boolean => false): MachineSequences {
  let best: MachineSequences = [];
  let least: Solution | undefined;
  const make = (rule: DispatchRule, lookAhead?: number, setupLookAhead?: number): Solution | undefined => {
    const isEnough = (): boolean => least !== undefined && least.makespan < Infinity && isOver();
    const sequences = isEnough() ? undefined : dispatch(work, rule, lookAhead, setupLookAhead, isEnough);
    if (sequences === undefined) return undefined;
    const found = scheduleOfSequences(work, sequences);
    if (least !== undefined && !isBetter(found, least)) return found;
    best = sequences;
    least = found;
    if (found.makespan < Infinity) onImproved?.(found);
    return found;
  };
  make(firstRule);
  const hasSetups = work.between.some((between) => between !== undefined);
  seekLookAheads((lookAhead, setupLookAhead) => make('atcs', lookAhead, setupLookAhead), hasSetups);
  for (const rule of lastRules) make(rule);
  return best;
}
