import type { EngineOptions, Problem, Solution } from '../problem.ts';
import { RandomStream } from '../random-stream.ts';
import { dispatchPlan } from './dispatch-plan.ts';
import { ElitePool } from './elite-pool.ts';
import { PathRelinking } from './path-relinking.ts';
import { type Plan, copyPlan, emptyPlan, planOf } from './plan.ts';
import { routingData } from './routing-data.ts';
import { TabuSearch } from './tabu-search.ts';

/** Plans in the pool, and iterations without a better plan that end one tabu search: ten seconds see hundreds of short searches of a job shop, but fewer where machines are chosen. */
const ofJobShops = { poolSize: 12, patience: 4_000 };
const ofFlexibleShops = { poolSize: 5, patience: 12_500 };

/** Children in a row that do not enter the pool, after which it is made anew. */
const mostFails = 40;

/** Prices of work, one drawn for each search. */
const workPrices = [0, 0.25, 0.5];

/** Random part of the starting plans, in mean durations. */
const noise = 0.5;

/**
 * Tabu search and path relinking over a pool of elite plans (Peng, Lü, Cheng, 2015, doi:10.1016/j.cor.2014.08.006) for the least makespan of job shops and flexible
 * job shops, with releases and setups. An iteration is one move. Calendars, locked starts and other objectives are not for this engine.
 */
export function searchElitePlans(problem: Problem, options: EngineOptions): Solution {
  const data = routingData(problem);
  const { poolSize, patience } = data.eligible.length > data.operations ? ofFlexibleShops : ofJobShops;
  const random = new RandomStream(options.seed);
  const search = new TabuSearch(data, random);
  const relinking = new PathRelinking(search.graph, random);
  const best = emptyPlan(data.operations);
  const start = emptyPlan(data.operations);
  const target = options.lowerBound ?? 0;
  const isOver = (): boolean => search.iterations >= (options.iterations ?? Infinity) || options.stop() || options.now() >= options.deadline;

  const improve = (): void => {
    search.run(start, { workPrice: workPrices[random.below(workPrices.length)] ?? 0, patience, target, isOver });
    if (search.best.makespan >= best.makespan) return;
    copyPlan(search.best, best);
    options.onImproved?.(solutionOf(search, best));
  };
  const isDone = (): boolean => best.makespan <= target || isOver();

  if (options.incumbent === undefined) dispatchPlan(data, random, 0, start);
  else copyPlan(planOf(options.incumbent), start);
  // The search from it may take long.
  options.onImproved?.(solutionOf(search, start));
  improve();
  do {
    const pool = new ElitePool(poolSize, data.machines);
    pool.enter(search.best);
    for (let tries = 0; !pool.isFull && tries < 2 * poolSize && !isDone(); tries++) {
      dispatchPlan(data, random, noise, start);
      improve();
      pool.enter(search.best);
    }
    for (let fails = 0; fails < mostFails && pool.plans.length > 1 && !isDone(); ) {
      const a = random.below(pool.plans.length);
      const b = (a + 1 + random.below(pool.plans.length - 1)) % pool.plans.length;
      const [from, to] = [pool.plans[a], pool.plans[b]];
      if (from === undefined || to === undefined) break;
      relinking.between(from, to, 0.3 + 0.4 * random.unit(), start);
      improve();
      fails = pool.enter(search.best) ? 0 : fails + 1;
    }
  } while (!isDone());
  return solutionOf(search, best);
}

function solutionOf(search: TabuSearch, plan: Plan): Solution {
  const { graph } = search;
  graph.load(plan.machine, plan.sequence);
  const operations = plan.machine.length;
  const end = Float64Array.from(graph.end.subarray(0, operations));
  return { machine: plan.machine.slice(), start: end.map((ticks, o) => ticks - (graph.duration[o] ?? 0)), end, objective: graph.makespan, makespan: graph.makespan };
}
