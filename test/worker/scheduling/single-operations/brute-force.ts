import { type Problem, operationCount } from '../../../../worker/scheduling/problem.ts';
import { WorkingTime } from '../../../../worker/scheduling/working-time.ts';

/** The least objective, then the least makespan, over all sequences of all machines; Infinity where no schedule exists. For a handful of single operations. */
export function bruteForce(problem: Problem): { objective: number; makespan: number } {
  const best = { objective: Infinity, makespan: Infinity };
  const sequences: number[][] = Array.from({ length: problem.machineCount }, () => []);
  const place = (job: number): void => {
    if (job === operationCount(problem)) {
      const found = evaluate(problem, sequences);
      if (found.objective < best.objective || (found.objective === best.objective && found.makespan < best.makespan)) Object.assign(best, found);
      return;
    }
    for (let i = problem.alternativeStart[job] ?? 0; i < (problem.alternativeStart[job + 1] ?? 0); i++) {
      const machine = problem.alternativeMachine[i] ?? 0;
      if ((problem.lockedMachine[job] ?? -1) >= 0 && problem.lockedMachine[job] !== machine) continue;
      const sequence = sequences[machine] ?? [];
      for (let at = 0; at <= sequence.length; at++) {
        sequence.splice(at, 0, job);
        place(job + 1);
        sequence.splice(at, 1);
      }
    }
  };
  place(0);
  return best;
}

function evaluate(problem: Problem, sequences: readonly (readonly number[])[]): { objective: number; makespan: number } {
  let makespan = 0;
  let sum = 0;
  let setups = 0;
  for (const [machine, sequence] of sequences.entries()) {
    const calendar = problem.calendars[machine];
    const time = calendar === undefined ? undefined : new WorkingTime(calendar);
    const run = (ready: number, ticks: number): number => {
      if (time === undefined) return ready + ticks;
      const start = time.start(ready, ticks);
      return start === Infinity ? Infinity : time.end(start, ticks);
    };
    let free = 0;
    for (const [k, job] of sequence.entries()) {
      const setup = setupOf(problem, machine, sequence[k - 1], job);
      setups += setup;
      let ready = Math.max(run(free, setup), problem.release[job] ?? 0);
      const locked = problem.lockedStart[job] ?? -1;
      if (locked >= 0) ready = ready > locked ? Infinity : locked;
      if (ready === Infinity) return { objective: Infinity, makespan: Infinity };
      free = run(ready, durationOf(problem, machine, job));
      if (free === Infinity) return { objective: Infinity, makespan: Infinity };
      makespan = Math.max(makespan, free);
      const due = problem.objective === 'finish' ? 0 : (problem.due[job] ?? Infinity);
      sum += (problem.weight[job] ?? 0) * Math.max(0, free - due);
    }
  }
  const objective = { makespan, setup: setups, tardiness: sum, finish: sum }[problem.objective];
  return { objective, makespan };
}

function durationOf(problem: Problem, machine: number, job: number): number {
  const from = problem.alternativeStart[job] ?? 0;
  const at = problem.alternativeMachine.subarray(from, problem.alternativeStart[job + 1]).indexOf(machine);
  return problem.alternativeDuration[from + at] ?? NaN;
}

function setupOf(problem: Problem, machine: number, before: number | undefined, job: number): number {
  const family = problem.setupFamily[job] ?? 0;
  const setups = problem.setups[machine];
  if (before === undefined) return setups?.initial?.[family] ?? 0;
  return setups?.between[(problem.setupFamily[before] ?? 0) * problem.familyCount + family] ?? 0;
}
