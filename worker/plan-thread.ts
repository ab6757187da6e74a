import { SpindleError } from '../common/errors.ts';
import { megabyte, memoryLimits } from '../common/memory-watch.ts';
import type { PlanProgress } from '../common/schedule-store.ts';
import { callThread, isOutOfMemory, threadModule } from '../common/thread-call.ts';
import type { PlannedSchedule, StoredPlan } from './planning/plan-stored.ts';

/** Both ends of the planning thread. */
export interface PlanCall {
  input: StoredPlan;
  progress: PlanProgress;
  answer: PlannedSchedule;
}

/** How planning is followed and ended. */
export interface PlanThreadOptions {
  onProgress: (progress: PlanProgress) => void;
  /** Ends the thread at once, wherever it is. */
  signal: AbortSignal;
}

/** Runs `planStored` in a thread of its own, so that estimates are answered meanwhile. Throws what that throws, `out_of_memory`, and the signal's reason. */
export async function planInThread(plan: StoredPlan, options: PlanThreadOptions): Promise<PlannedSchedule> {
  const heapMb = Math.ceil(memoryLimits().heap / megabyte);
  try {
    return await callThread<PlanCall>(threadModule('plan-thread-entry', import.meta.url), plan, { name: 'plan', transferList: [], heapMb, ...options });
  } catch (error) {
    if (!isOutOfMemory(error)) throw error;
    throw new SpindleError('out_of_memory', `the schedule needs more memory than the ${heapMb} MB that planning may take: plan fewer parts together, or give the worker more`, { cause: error });
  }
}
