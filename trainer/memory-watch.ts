import { totalmem } from 'node:os';
import { SpindleError } from '../common/errors.ts';

export const megabyte = 2 ** 20;
const lookMs = 100;
/** Share of the allowed memory at which a fit is ended: what it takes between two looks must still fit. */
const fullShare = 0.9;
/** Share that the JavaScript heap of a fit may take; its arrays of numbers lie outside of it. */
const heapShare = 0.6;

/** Memory that a fit may take, in bytes. */
export interface MemoryLimits {
  /** Of the whole process, at which the system would end it; undefined where nothing limits it but the machine. */
  process: number | undefined;
  /** Of the fitting thread's JavaScript heap. */
  heap: number;
}

/** What the container or the like allows, else what the machine has. Node reports no limit as 0 or as more than there is. */
export function memoryLimits(): MemoryLimits {
  const limit = process.constrainedMemory() ?? 0;
  const allowed = limit > 0 && limit < totalmem() ? limit : undefined;
  return { process: allowed, heap: heapShare * (allowed ?? totalmem()) };
}

/** Looks again and again how much memory the process takes, and tells once where that comes near its limit: the system would end all of it without a word. */
export class MemoryWatch {
  readonly #timer: NodeJS.Timeout | undefined;

  constructor({ process: limit }: MemoryLimits, onFull: () => void) {
    if (limit === undefined) return;
    this.#timer = setInterval(() => {
      if (process.memoryUsage.rss() < fullShare * limit) return;
      this.end();
      onFull();
    }, lookMs);
  }

  end(): void {
    clearInterval(this.#timer);
  }
}

/** The error of a training of this size that does not fit into its memory. */
export function needsMoreMemory(size: string, limits: MemoryLimits, cause?: unknown): SpindleError {
  const allowed = `${Math.round((limits.process ?? limits.heap) / megabyte)} MB`;
  return new SpindleError('out_of_memory', `learning from ${size} needs more memory than the ${allowed} that the trainer may take: train on fewer rows or columns, or give it more`, { cause });
}
