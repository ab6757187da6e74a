import { type MachineSequences } from '../problem.ts';
import { dispatch, dispatchRules } from './dispatch-rules.ts';
import { type ParallelWork } from './parallel-work.ts';
import { scheduleOfSequences } from './schedule-of-sequences.ts';

/** The best of the schedules that the dispatch rules make, ATC and ATCS with several look-aheads. */
export function bestDispatch(work: ParallelWork): MachineSequences {
  let best: MachineSequences = [];
  let objective = Infinity;
  let makespan = Infinity;
  for (const rule of dispatchRules) {
    for (const lookAhead of rule === 'atc' || rule === 'atcs' ? [1, 2, 4] : [1]) {
      const sequences = dispatch(work, rule, lookAhead);
      const found = scheduleOfSequences(work, sequences);
      if (best.length > 0 && !(found.objective < objective || (found.objective === objective && found.makespan < makespan))) continue;
      best = sequences;
      ({ objective, makespan } = found);
    }
  }
  return best;
}
