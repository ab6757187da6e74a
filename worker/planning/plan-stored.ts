import { pack, unpack } from '../../common/chunk-store.ts';
import { type PlanProgress, type ScheduleSummary, scheduleOrderSchema } from '../../common/schedule-store.ts';
import { type Schedule, scheduleSchema } from '../../common/scheduling/schedule.ts';
import { planParts } from './plan-parts.ts';
import { type StoredBatch, storedParts } from './stored-batch.ts';
import { timedSolve } from './timed-solve.ts';

/** A schedule to be made, with everything as it is stored: unpacking it is work for a thread. */
export interface StoredPlan {
  order: Uint8Array;
  shopVersion: string;
  batches: StoredBatch[];
  /** The schedule that it replaces. */
  earlier: Uint8Array | undefined;
}

/** The schedule, ready to be stored, and what it amounts to. */
export interface PlannedSchedule {
  packed: Uint8Array;
  summary: ScheduleSummary;
}

/** Plans stored batches. Throws what `planParts` throws. */
export async function planStored({ order, shopVersion, batches, earlier }: StoredPlan, onProgress: (progress: PlanProgress) => void): Promise<PlannedSchedule> {
  const { request, shop } = await unpack(order, scheduleOrderSchema);
  const parts = [];
  for (const batch of batches) parts.push(...(await storedParts(batch, shop.process_column)));
  const before = earlier && (await unpack(earlier, scheduleSchema)).operations;
  const schedule = await planParts({ parts, shop, shopVersion, request, ...(before ? { earlier: before } : {}), solve: timedSolve(request, onProgress), now: Date.now });
  return { packed: await pack(schedule), summary: summaryOf(schedule) };
}

function summaryOf(schedule: Schedule): ScheduleSummary {
  const { objective_name, objective, lower_bound, gap, status, runtime_s, figures, unplanned, simulation } = schedule;
  const { operations, orders, makespan_min, finish, late_orders, tardiness_min } = figures;
  return { objective_name, objective, lower_bound, gap, status, runtime_s, operations, orders, makespan_min, finish, late_orders, tardiness_min, unplanned: unplanned.length, all_on_time: simulation?.all_on_time ?? null };
}
