import { type MachineSequences, type Solution, isBetter } from '../problem.ts';
import { type DispatchRule, dispatch } from './dispatch-rules.ts';
import { type ParallelWork } from './parallel-work.ts';
import { scheduleOfSequences } from './schedule-of-sequences.ts';

/** The rules with their look-aheads; the quickest first. */
const trials: readonly (readonly [DispatchRule, number])[] = [['edd', 1], ['atcs', 2], ['atc', 2], ['atcs', 1], ['atcs', 4], ['atc', 1], ['atc', 4], ['spt', 1], ['fifo', 1], ['ms', 1]];

/** The best of the schedules that the dispatch rules make, ATC and ATCS with several look-aheads; `onImproved` is called with each better one. */
export function bestDispatch(work: ParallelWork, onImproved?: (solution: Solution) => void): MachineSequences {
  let best: MachineSequences = [];
  let least: Solution | undefined;
  for (const [rule, lookAhead] of trials) {
    const sequences = dispatch(work, rule, lookAhead);
    const found = scheduleOfSequences(work, sequences);
    if (least && !isBetter(found, least)) continue;
    best = sequences;
    least = found;
    onImproved?.(found);
  }
  return best;
}
