import type { Job } from 'bullmq';
import type { BatchStore } from '../../common/batch-store.ts';
import type { ChunkStore } from '../../common/chunk-store.ts';
import { SpindleError } from '../../common/errors.ts';
import { type JobResult, parsePayload } from '../../common/jobs.ts';
import { LatestWrite } from '../../common/latest-write.ts';
import type { Log } from '../../common/log.ts';
import type { RedisKeys } from '../../common/redis-keys.ts';
import { runWork } from '../../common/run-work.ts';
import type { PlanProgress, ScheduleRecord, ScheduleStore } from '../../common/schedule-store.ts';
import { hasEnded } from '../../common/work-records.ts';
import { planInThread } from '../plan-thread.ts';
import type { PlannedSchedule, StoredPlan } from '../planning/plan-stored.ts';
import type { StoredBatch } from '../planning/stored-batch.ts';

/** How often progress is told, in milliseconds. */
const tellMs = 500;
/** What reading, checking and simulating may take beside three times the search, in milliseconds: a thread that takes longer is stuck. */
const besidesSearchMs = 120_000;

/** What planning needs. */
export interface PlanScheduleParts {
  schedules: ScheduleStore;
  batches: BatchStore;
  chunks: ChunkStore;
  keys: RedisKeys;
  log: Log;
}

/** Lays batches out on the shop's machines, in a thread of its own. Run again after its worker died, it starts over; once ended, it does nothing. */
export class PlanSchedule {
  readonly #parts: PlanScheduleParts;

  constructor(parts: PlanScheduleParts) {
    this.#parts = parts;
  }

  /** Where `stopping` is signalled, the job goes back to the queue for the next worker. */
  async process(job: Job, stopping: AbortSignal): Promise<JobResult<'plan-schedule'>> {
    const { schedules } = this.#parts;
    const { scheduleId: id } = parsePayload('plan-schedule', job.data);
    const record = await schedules.find(id);
    if (!record) return null; // expired: nobody can ask for it
    if (hasEnded(record)) return record.summary?.status ?? null;
    const log = this.#parts.log.child({ schedule: id, request: record.request_id });
    return runWork(job, stopping, { store: schedules, id, name: 'schedule', by: 'worker', mend: 'plan fewer parts together, or give the worker more memory', log }, async (signal) => {
      const { packed, summary } = await this.#plan(job, record, signal);
      if (!(await schedules.succeed(id, packed, summary))) throw new Error('the schedule has ended meanwhile');
      log.info({ status: summary.status, operations: summary.operations, objective: summary.objective, gap: summary.gap, seconds: summary.runtime_s }, 'planned');
      return summary.status;
    });
  }

  async #plan(job: Job, record: ScheduleRecord, cancelled: AbortSignal): Promise<PlannedSchedule> {
    const { schedules } = this.#parts;
    const began = Date.now();
    const write = new LatestWrite(async (progress: PlanProgress) => {
      await schedules.report(record.id, progress);
      await job.updateProgress(progress);
    });
    let latest: PlanProgress = { elapsed_s: 0, objective: null, lower_bound: 0, gap: 1 };
    const tell = (): void => write.push({ ...latest, elapsed_s: Math.round((Date.now() - began) / 100) / 10 });
    const timer = setInterval(tell, tellMs);
    const stuck = new AbortController();
    const limitMs = 3_000 * record.time_limit_s + besidesSearchMs;
    const watchdog = setTimeout(() => stuck.abort(new SpindleError('deadline_exceeded', `planning did not end within ${Math.round(limitMs / 1_000)} s and was stopped: plan fewer parts together, or with less search`)), limitMs);
    try {
      const onProgress = (progress: PlanProgress): void => {
        const isFirst = latest.objective === null && progress.objective !== null;
        latest = progress;
        if (isFirst) tell();
      };
      return await planInThread(await this.#stored(record), { onProgress, signal: AbortSignal.any([cancelled, stuck.signal]) });
    } finally {
      clearInterval(timer);
      clearTimeout(watchdog);
      await write.end();
    }
  }

  /** Everything that the schedule is made from, still packed. */
  async #stored({ id, batches, replans, shop_version: shopVersion }: ScheduleRecord): Promise<StoredPlan> {
    const { chunks, keys } = this.#parts;
    const order = await chunks.findPacked(keys.scheduleOrder(id));
    if (!order) throw new SpindleError('not_found', 'what was to be planned has expired: ask for the schedule again');
    const earlier = replans === null ? undefined : await chunks.findPacked(keys.scheduleResult(replans));
    if (replans !== null && !earlier) throw new SpindleError('not_found', `the schedule ${replans}, which was to be planned again, has expired: plan without it`);
    const stored: StoredBatch[] = [];
    for (const batch of batches) stored.push(await this.#storedBatch(batch));
    return { order, shopVersion, batches: stored, earlier };
  }

  async #storedBatch(id: string): Promise<StoredBatch> {
    const { batches, chunks, keys } = this.#parts;
    const record = await batches.find(id);
    if (!record) throw new SpindleError('not_found', `the batch ${id} has expired: upload it again`);
    const stored: StoredBatch = { record, chunks: [], rejected: [] };
    for (let chunk = 0; chunk < record.chunks; chunk++) {
      const [rows, parts, planning, estimates] = await Promise.all([keys.batchRows, keys.batchParts, keys.batchPlanning, keys.batchEstimates].map((key) => chunks.findPacked(key(id, chunk))));
      stored.chunks.push({ rows, parts, planning, estimates });
    }
    for (let piece = 0; piece < record.rejected_chunks; piece++) {
      const rejected = await chunks.findPacked(keys.batchRejected(id, piece));
      if (rejected) stored.rejected.push(rejected);
    }
    return stored;
  }
}
