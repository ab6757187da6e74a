import { setTimeout as pause } from 'node:timers/promises';
import type { Job } from 'bullmq';
import type { Processor } from '../../common/queue-worker.ts';

/** Makes a processor's every job wait first, to see and measure what more workers do. */
export class SimulatedCost implements Processor {
  readonly #milliseconds: number;
  readonly #processor: Processor;

  constructor(milliseconds: number, processor: Processor) {
    this.#milliseconds = milliseconds;
    this.#processor = processor;
  }

  async process(job: Job, stopping: AbortSignal): Promise<unknown> {
    if (this.#milliseconds > 0) await pause(this.#milliseconds);
    return this.#processor.process(job, stopping);
  }
}
