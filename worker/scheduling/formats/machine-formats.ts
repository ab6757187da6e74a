import { type Problem, makeProblem } from '../problem.ts';
import { routings } from './alternatives.ts';
import { type Instance } from './instance-shapes.ts';
import { requireLength } from './invalid-instance.ts';
import { flattened } from './shop-formats.ts';

/** Identical parallel machines: one operation an order, of the same duration on each machine. */
export function readIdenticalMachines({ m, p }: Instance<'pcmax'>): Problem {
  return readUnrelatedMachines({ p: p.map((duration) => Array.from({ length: m }, () => duration)) });
}

/** Unrelated parallel machines: one operation an order, of its own duration on each machine. Throws `invalid_body`. */
export function readUnrelatedMachines({ p }: Instance<'rcmax'>): Problem {
  const machineCount = p[0]?.length ?? 0;
  for (const [j, durations] of p.entries()) requireLength(`p[${j}]`, durations, machineCount);
  return makeProblem(routings(machineCount, p.map((durations) => [durations.map((duration, machine) => ({ machine, duration }))])));
}

/** Unrelated parallel machines with setups between any two orders, none before a machine's first. Throws `invalid_body`. */
export function readUnrelatedMachinesWithSetups({ p, s }: Instance<'upmsp-sdst'>): Problem {
  const problem = readUnrelatedMachines({ p });
  requireLength('s', s, problem.machineCount);
  return {
    ...problem,
    ...ordersAsFamilies(p.length),
    setups: s.map((rows, machine) => ({ between: flattened(rows, p.length, `s[${machine}]`) })),
  };
}

/** One machine, weighted tardiness. Throws `invalid_body` where p, w and d differ in length. */
export function readWeightedTardiness({ p, w, d }: Instance<'wt'>): Problem {
  requireLength('w', w, p.length);
  requireLength('d', d, p.length);
  return { ...readIdenticalMachines({ m: 1, p }), objective: 'tardiness', due: Float64Array.from(d), weight: Float64Array.from(w) };
}

/** One machine, weighted tardiness, setups between any two orders and before the first. Throws `invalid_body`. */
export function readWeightedTardinessWithSetups({ p, w, d, s0, s }: Instance<'wtsds'>): Problem {
  requireLength('s0', s0, p.length);
  return {
    ...readWeightedTardiness({ p, w, d }),
    ...ordersAsFamilies(p.length),
    setups: [{ between: flattened(s, p.length, 's'), initial: Float64Array.from(s0) }],
  };
}

function ordersAsFamilies(orders: number): Pick<Problem, 'familyCount' | 'setupFamily'> {
  return { familyCount: orders, setupFamily: Int32Array.from({ length: orders }, (_, order) => order) };
}
