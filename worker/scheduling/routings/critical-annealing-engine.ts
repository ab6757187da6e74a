import { SpindleError } from '../../../common/errors.ts';
import type { EngineOptions, Problem, Solution } from '../problem.ts';
import { RandomStream } from '../random-stream.ts';
import { shareOfTime } from '../shares.ts';
import { seekLookAheads } from '../single-operations/look-aheads.ts';
import { BestSchedule } from './best-schedule.ts';
import { CriticalMoves } from './critical-moves.ts';
import { DisjunctiveGraph } from './disjunctive-graph.ts';
import { RoutedDispatch, restShares } from './routed-dispatch.ts';
import { type Plan, copyPlan, emptyPlan, planOf } from './plan.ts';
import { PlanEvaluation } from './plan-evaluation.ts';
import { routingData } from './routing-data.ts';
import { dispatchPriorities, timedDispatch } from './timed-dispatch.ts';

/** Starting temperature in mean worsenings, and the share of it at the end of a cooling. */
const hot = 0.5;
const coldShare = 1e-3;

/** Iterations of the first cooling; each later one is twice as long. */
const firstCooling = 20_000;

/** Share of the time that seeking the best dispatch rule may take once there is a schedule. */
const dispatchShare = 0.5;

/**
 * Simulated annealing over the machines' sequences for routings with any objective, calendars and locked starts: moves what the worst orders wait for,
 * evaluates the whole plan each time, cools again and again from the best plan. An iteration is one move.
 * Throws `invalid_body` where no schedule that keeps the locked starts is found.
 */
export function annealCriticalMoves(problem: Problem, options: EngineOptions): Solution {
  const found = searchCriticalMoves(problem, options);
  if (found === undefined) throw new SpindleError('invalid_body', 'the locked starts: expected times that some schedule can keep, found none');
  return found;
}

/** The same; undefined where no schedule that keeps the locked starts is found. */
export function searchCriticalMoves(problem: Problem, options: EngineOptions): Solution | undefined {
  const data = routingData(problem);
  const random = new RandomStream(options.seed);
  const graph = new DisjunctiveGraph(data);
  const evaluation = new PlanEvaluation(problem, graph);
  const moves = new CriticalMoves(problem, graph, evaluation, random);
  const best = new BestSchedule(options.onImproved);
  const plan = emptyPlan(data.operations);
  // A little of the makespan, so that it decides between plans of like objective.
  const lesser = problem.objective === 'makespan' ? 0 : 1e-3;
  const violationCost = 1e3 * Math.max(1, ...problem.weight);
  const energyOf = (): number => evaluation.objective + lesser * evaluation.makespan + violationCost * evaluation.violation;

  const load = (from: Plan): void => {
    graph.load(from.machine, from.sequence);
    evaluation.update();
  };
  const keep = (): void => {
    if (!best.take(evaluation)) return;
    plan.machine.set(graph.machine.subarray(0, data.operations));
    plan.sequence.set(graph.sequence);
  };
  let leastEnergy = Infinity;
  const begin = (start: Plan): void => {
    load(start);
    keep();
    if (energyOf() >= leastEnergy) return;
    leastEnergy = energyOf();
    copyPlan(start, plan);
  };
  let iteration = 0;
  const isOptimal = (): boolean => problem.objective === 'makespan' && (best.solution?.objective ?? Infinity) <= (options.lowerBound ?? -Infinity);
  const limit = options.iterations ?? Infinity;
  const isOver = (): boolean => iteration >= limit || options.stop() || options.now() >= options.deadline || isOptimal();
  if (options.incumbent !== undefined) begin(planOf(options.incumbent));
  // Each is told before the next is made.
  if (canDispatchRouted(problem)) {
    const until = shareOfTime(options, dispatchShare);
    const isEnough = (): boolean => best.solution !== undefined && (isOver() || options.now() >= until);
    const rules = new RoutedDispatch(problem, data);
    const start = emptyPlan(data.operations);
    for (const restShare of restShares) {
      seekLookAheads((lookAhead, setupLookAhead) => {
        if (isEnough() || !rules.make({ lookAhead, setupLookAhead, restShare }, start, isEnough)) return undefined;
        begin(start);
        return { objective: evaluation.objective, makespan: evaluation.makespan };
      }, rules.hasSetups);
    }
  }
  for (const priority of dispatchPriorities) {
    if (best.solution !== undefined && isOver()) break;
    const start = emptyPlan(data.operations);
    if (timedDispatch(problem, data, priority, start, () => best.solution !== undefined && isOver())) begin(start);
  }
  for (let length = firstCooling; !isOver(); length *= 2) {
    load(plan);
    let energy = energyOf();
    // With fewer moves than pairs of operations, what a hot start spoils is not made good again.
    let temperature = hot * Math.min(1, length / data.operations ** 2) * meanWorsening(moves, energyOf, evaluation, energy, isOver);
    const cooling = coldShare ** (1 / length);
    for (let i = 0; i < length; i++) {
      if ((iteration++ & 63) === 0 && isOver()) break;
      temperature *= cooling;
      if (!moves.make()) continue;
      evaluation.update();
      const now = energyOf();
      if (now > energy && random.unit() >= Math.exp((energy - now) / temperature)) {
        moves.undo();
        continue;
      }
      energy = now;
      keep();
    }
  }
  return best.solution;
}

/** True where the rules for routings know what the objective asks for, and no start is locked. */
function canDispatchRouted({ objective, lockedStart }: Problem): boolean {
  return (objective === 'tardiness' || objective === 'finish') && lockedStart.every((start) => start < 0);
}

/** Mean increase of the energy over the first moves that increase it. */
function meanWorsening(moves: CriticalMoves, energyOf: () => number, evaluation: PlanEvaluation, energy: number, isOver: () => boolean): number {
  let sum = 0;
  let count = 0;
  for (let i = 0; i < 100; i++) {
    if ((i & 15) === 15 && isOver()) break;
    if (!moves.make()) continue;
    evaluation.update();
    if (energyOf() > energy) {
      sum += energyOf() - energy;
      count++;
    }
    moves.undo();
  }
  evaluation.update();
  return count > 0 ? sum / count : 1;
}
