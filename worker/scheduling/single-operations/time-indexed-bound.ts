import { leastSetups } from './least-setups.ts';
import { MachinePrices } from './machine-prices.ts';
import { type Solution } from '../problem.ts';
import { type ParallelWork } from './parallel-work.ts';
import { sequencesOf } from './schedule-of-sequences.ts';
import { earliestEnd } from './working-load-bound.ts';

/** Looks at a place of a job in one iteration, at most; more jobs make the prices coarser. */
const looksAtMost = 300_000;

/** How the bound is computed. */
export interface TimeIndexedBoundOptions {
  /** A good schedule: its objective and its prices are where the search for better prices starts. */
  readonly solution: Solution;
  readonly iterations: number;
  /** Tells whether there is time for another iteration. */
  readonly goOn: () => boolean;
  readonly onImproved: (bound: number) => void;
}

/**
 * A lower bound on total weighted tardiness or completion: the time-indexed programme with the capacity of the machines priced (Lagrangian
 * relaxation, Abdul-Razaq, Potts & Van Wassenhove 1990). Every job takes its cheapest place, weight · tardiness and the prices of the working
 * ticks that it and its least setup take; the prices follow the subgradient. The prices are constant on cells of each machine's working time.
 */
export function timeIndexedBound(work: ParallelWork, options: TimeIndexedBoundOptions): number {
  const { objective, makespan } = options.solution;
  const due = work.problem.objective === 'finish' ? new Float64Array(work.jobs) : work.due;
  let bound = 0;
  for (let job = 0; job < work.jobs; job++) {
    const late = earliestEnd(work, job) - (due[job] ?? 0);
    if (late > 0) bound += late * (work.weight[job] ?? 0);
  }
  const whole = work.weight.every((weight) => Number.isInteger(weight));
  const proven = (value: number): number => (whole ? Math.ceil(value * (1 - 1e-9) - 1e-6) : value * (1 - 1e-9));
  bound = whole ? bound : proven(bound);
  options.onImproved(bound);
  const cells = Math.max(16, Math.min(400, Math.floor(looksAtMost / (2 * Math.max(1, work.eligible.length)))));
  const setups = leastSetups(work);
  const machines = Array.from({ length: work.machines }, (_, machine) => new MachinePrices(work, machine, setups, due, makespan, cells));
  for (const [machine, sequence] of sequencesOf(work, options.solution).entries()) {
    machines[machine]?.startFrom(Array.from(sequence, (job) => ({ job, end: options.solution.end[job] ?? 0 })));
  }
  // Through breaks and on unlike machines those prices may be far too high.
  let value = allPlaced(work, machines);
  for (const factor of [0.3, 0]) {
    for (const machine of machines) machine.scale(factor);
    const scaled = allPlaced(work, machines);
    if (scaled < value) {
      for (const machine of machines) machine.restore();
      break;
    }
    value = scaled;
  }
  let stepSize = 1;
  let sinceBetter = 0;
  let best = -Infinity;
  for (let round = 0; round < options.iterations && bound < objective && options.goOn(); round++) {
    value = allPlaced(work, machines);
    if (value > best) {
      best = value;
      sinceBetter = 0;
    } else if (++sinceBetter === 8) {
      stepSize /= 1.6;
      sinceBetter = 0;
    }
    if (proven(value) > bound) options.onImproved((bound = Math.min(objective, proven(value))));
    const slope = machines.reduce((sum, machine) => sum + machine.slope(), 0);
    if (slope === 0) break;
    const step = (stepSize * Math.max(objective - value, 1e-3 * Math.abs(value))) / slope;
    for (const machine of machines) machine.changePrices(step);
  }
  return bound;
}

/** Puts every job in its cheapest place; the value of the relaxation at these prices. */
function allPlaced(work: ParallelWork, machines: readonly MachinePrices[]): number {
  let value = 0;
  for (const machine of machines) {
    machine.clear();
    value -= machine.priceOfAll();
  }
  for (let job = 0; job < work.jobs; job++) {
    let least = Infinity;
    let chosen: MachinePrices | undefined;
    let place = 0;
    for (let k = work.eligibleStart[job] ?? 0; k < (work.eligibleStart[job + 1] ?? 0); k++) {
      const machine = machines[work.eligible[k] ?? 0];
      const cost = machine?.cheapest(job) ?? Infinity;
      if (cost >= least || machine === undefined) continue;
      least = cost;
      chosen = machine;
      place = machine.place;
    }
    if (chosen === undefined) continue;
    value += least;
    chosen.occupy(job, place);
  }
  return value;
}
