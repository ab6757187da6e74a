import { type Highs } from 'highs';
import { type ParallelWork } from './parallel-work.ts';

/** What the linear relaxation tells: a proven bound, and which machines a job may still be on in a schedule of a makespan below `upper`. */
export interface AssignmentRelaxation {
  readonly bound: number;
  /** Per machine · jobs + job: 1 where the job may be there. */
  readonly open: Uint8Array;
}

/**
 * The assignment of jobs to unrelated machines in fractions with the least largest load (Lenstra, Shmoys & Tardos 1990), for schedules below `upper`. The bound is
 * computed anew from the machines' prices, Σ_j min_i price_i · p_ij / Σ price, so that no rounding of the solver enters it; pairs
 * whose reduced cost would lift it to `upper` are closed. Undefined where no schedule is below `upper`, or none was found in time.
 */
export function assignmentRelaxation(highs: Highs, work: ParallelWork, upper: number, seconds: number): AssignmentRelaxation | undefined {
  const { jobs, machines, duration } = work;
  const open = Uint8Array.from(duration, (ticks) => (ticks < upper ? 1 : 0));
  const prices = solve(highs, work, open, { upper, seconds, whole: false })?.prices;
  if (prices === undefined) return undefined;
  const total = prices.reduce((sum, price) => sum + price, 0);
  if (total <= 0) return undefined;
  const least = new Float64Array(jobs).fill(Infinity);
  for (let machine = 0; machine < machines; machine++) {
    for (let job = 0; job < jobs; job++) {
      const at = machine * jobs + job;
      if (open[at] === 1) least[job] = Math.min(least[job] ?? Infinity, ((prices[machine] ?? 0) * (duration[at] ?? 0)) / total);
    }
  }
  const value = least.reduce((sum, cost) => sum + cost, 0);
  for (let at = 0; at < open.length; at++) {
    const reduced = ((prices[Math.floor(at / jobs)] ?? 0) * (duration[at] ?? 0)) / total - (least[at % jobs] ?? 0);
    if (value + reduced > upper - 1 + 1e-6) open[at] = 0;
  }
  return { bound: Math.min(upper, Math.ceil(value - 1e-6)), open };
}

/** The machine of each job in the best whole assignment below `upper` that is found in time, over the open pairs, and the bound proven for these. */
export function wholeAssignment(highs: Highs, work: ParallelWork, open: Uint8Array, limits: { readonly lower: number; readonly upper: number; readonly seconds: number; readonly stop: () => boolean }): { readonly machine: Int32Array | undefined; readonly none: boolean } {
  const found = solve(highs, work, open, { ...limits, whole: true });
  return { machine: found?.machine, none: found?.infeasible ?? false };
}

interface Limits {
  readonly lower?: number;
  readonly upper: number;
  readonly seconds: number;
  readonly whole: boolean;
  readonly stop?: () => boolean;
}

function solve(highs: Highs, work: ParallelWork, open: Uint8Array, { lower = 0, upper, seconds, whole, stop }: Limits): { prices?: Float64Array; machine?: Int32Array; infeasible?: boolean } | undefined {
  const { jobs, machines, duration } = work;
  const pairs: number[] = [];
  for (let at = 0; at < open.length; at++) if (open[at] === 1) pairs.push(at);
  const columns = pairs.length + 1;
  // Column 0 is the makespan; rows are jobs, then machines.
  const starts = [0];
  const indices: number[] = [];
  const values: number[] = [];
  for (let machine = 0; machine < machines; machine++) {
    indices.push(jobs + machine);
    values.push(-1);
  }
  starts.push(indices.length);
  for (const at of pairs) {
    indices.push(at % jobs, jobs + Math.floor(at / jobs));
    values.push(1, duration[at] ?? 0);
    starts.push(indices.length);
  }
  const rows = jobs + machines;
  const ones = new Float64Array(columns).fill(1);
  const source = {
    numCols: columns,
    numRows: rows,
    colCost: Float64Array.from({ length: columns }, (_, column) => (column === 0 ? 1 : 0)),
    colLower: Float64Array.from({ length: columns }, (_, column) => (column === 0 ? lower : 0)),
    colUpper: ones.map((one, column) => (column === 0 ? (whole ? upper - 1 : highs.infinity) : one)),
    rowLower: Float64Array.from({ length: rows }, (_, row) => (row < jobs ? 1 : -highs.infinity)),
    rowUpper: Float64Array.from({ length: rows }, (_, row) => (row < jobs ? 1 : 0)),
    matrix: { format: 'csc' as const, numRows: rows, numCols: columns, starts: Int32Array.from(starts), indices: Int32Array.from(indices), values: Float64Array.from(values) },
    ...(whole ? { integrality: new Int32Array(columns).fill(1) } : {}),
  };
  return highs.withModel(source, (model) => {
    model.options.set({ output_flag: false, time_limit: Math.max(0.05, seconds), ...(whole ? { mip_abs_gap: 0.99, mip_rel_gap: 0 } : {}) });
    const { callbackType, modelStatus, infoType } = highs.constants;
    model.run(whole && stop !== undefined ? { [callbackType.mipInterrupt]: (event) => void (stop() && event.interrupt()) } : undefined);
    const status = model.getModelStatus();
    if (status === modelStatus.infeasible) return { infeasible: true };
    const solution = model.getSolution();
    if (!whole) return status === modelStatus.optimal ? { prices: solution.rowDual.slice(jobs).map((price) => Math.max(0, -price)) } : undefined;
    if (Number(model.info.get('primal_solution_status')) !== highs.constants.solutionStatus.feasible || infoType === undefined) return undefined;
    const machine = new Int32Array(jobs);
    for (const [k, at] of pairs.entries()) if ((solution.colValue[k + 1] ?? 0) > 0.5) machine[at % jobs] = Math.floor(at / jobs);
    return { machine };
  });
}
