import { type MachineSequences, type Solution, isBetter } from '../problem.ts';
import { type DispatchRule, dispatch } from './dispatch-rules.ts';
import { type ParallelWork } from './parallel-work.ts';
import { scheduleOfSequences } from './schedule-of-sequences.ts';

/** The quickest rule, and those that seldom make the best schedule. */
const firstRule: DispatchRule = 'edd';
const lastRules: readonly DispatchRule[] = ['spt', 'fifo', 'ms'];

/** The look-aheads of ATCS from which better ones are sought, and the largest, of which the smallest is the inverse: beyond them due dates, or setups, hardly matter, or nothing else does. */
const firstLookAhead = 4;
const firstSetupLookAhead = 1;
const largest = 4096;

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

/**
 * Doubles or halves one look-ahead, then the other where there are setups, as long as that makes the schedule better. Which ones are good differs by a factor of 50
 * between shops with some late work and those with far too much; near them the objective has one valley, by and large.
 */
function seekLookAheads(make: (lookAhead: number, setupLookAhead: number) => Solution | undefined, hasSetups: boolean): void {
  let lookAhead = firstLookAhead;
  let setupLookAhead = firstSetupLookAhead;
  let found = make(lookAhead, setupLookAhead);
  const scale = (factor: number, setupFactor: number): boolean => {
    if (Math.max(lookAhead * factor, setupLookAhead * setupFactor) > largest || Math.min(lookAhead * factor, setupLookAhead * setupFactor) < 1 / largest) return false;
    const scaled = make(lookAhead * factor, setupLookAhead * setupFactor);
    if (scaled === undefined || found === undefined || !isBetter(scaled, found)) return false;
    found = scaled;
    lookAhead *= factor;
    setupLookAhead *= setupFactor;
    return true;
  };
  const seek = (step: (factor: number) => boolean): boolean => {
    for (const factor of [2, 0.5]) {
      if (!step(factor)) continue;
      while (step(factor));
      return true;
    }
    return false;
  };
  const seekSetupLookAhead = (): boolean => hasSetups && seek((factor) => scale(1, factor));
  do seek((factor) => scale(factor, 1));
  while (seekSetupLookAhead());
}
