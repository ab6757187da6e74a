import { totalmem } from 'node:os';

export const megabyte = 2 ** 20;
const lookMs = 100;
/** Share of the allowed memory at which the work is ended: what it takes between two looks must still fit. */
const fullShare = 0.9;
/** Share that the JavaScript heap of a thread may take; its arrays of numbers lie outside of it. */
const heapShare = 0.6;

/** Memory that a thread may take, in bytes. */
export interface MemoryLimits {
  /** Of the whole process, at which the system would end it; undefined where nothing limits it but the machine. */
  process: number | undefined;
  /** Of the thread's JavaScript heap. */
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
