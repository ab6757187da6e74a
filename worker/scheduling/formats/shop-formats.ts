import { type Problem, makeProblem } from '../problem.ts';
import { machineDurationPairs, routings } from './alternatives.ts';
import { type Instance } from './instance-shapes.ts';
import { requireLength } from './invalid-instance.ts';

/** A job shop: every operation has one machine. Throws `invalid_body` with the place of the fault. */
export function readJobShop({ m, jobs }: Instance<'jsp'>): Problem {
  const orders = jobs.map((job, j) => machineDurationPairs(job, `jobs[${j}]`).map((pair) => [pair]));
  return makeProblem(routings(m, orders));
}

/** A flexible job shop: every operation has one machine or more. Throws `invalid_body` with the place of the fault. */
export function readFlexibleJobShop({ m, jobs }: Instance<'fjsp'>): Problem {
  return makeProblem(routings(m, jobs.map((job, j) => job.map((operation, k) => machineDurationPairs(operation, `jobs[${j}][${k}]`)))));
}

/** A flexible job shop with setups between any two operations of a machine; each operation is a family of its own. Throws `invalid_body`. */
export function readFlexibleJobShopWithSetups(instance: Instance<'fjsp-sdst'>): Problem {
  const problem = readFlexibleJobShop(instance);
  const operations = problem.setupFamily.length;
  requireLength('setup', instance.setup, instance.m);
  return {
    ...problem,
    familyCount: operations,
    setupFamily: Int32Array.from({ length: operations }, (_, operation) => operation),
    setups: instance.setup.map((rows, machine) => ({ between: flattened(rows, operations, `setup[${machine}]`) })),
  };
}

/** A square matrix row by row. Throws `invalid_body` where its sides are not `size`. */
export function flattened(rows: readonly (readonly number[])[], size: number, place: string): Float64Array {
  requireLength(place, rows, size);
  for (const [i, row] of rows.entries()) requireLength(`${place}[${i}]`, row, size);
  return Float64Array.from(rows.flat());
}
