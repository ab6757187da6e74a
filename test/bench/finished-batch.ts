import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import type { Spindle } from './spindle.ts';

const batchSchema = z.object({ state: z.string(), created_at: z.iso.datetime(), finished_at: z.iso.datetime().nullable() });

/** When a batch was queued and when it ended, in milliseconds of `Date.now()`; waits for its last step, which comes a moment after its last row. */
export async function finishedBatch(spindle: Spindle, id: string): Promise<{ created: number; finished: number }> {
  for (;;) {
    const { state, created_at, finished_at } = batchSchema.parse(await (await fetch(`${spindle.url}/v1/batches/${id}`)).json());
    if (finished_at === null) await pause(20);
    else if (state === 'complete') return { created: Date.parse(created_at), finished: Date.parse(finished_at) };
    else throw new Error(`the batch ended ${state}`);
  }
}
