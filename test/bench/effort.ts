/** How long and how often to measure. */
export interface Effort {
  /** Subject and baseline take turns this many times; the median of the ratios counts. */
  rounds: number;
  /** Length of one side's turn under load, in milliseconds. */
  turnMs: number;
  /** Turns, and requests of one side's turn, where they are sent one at a time. Many and short ones: a neighbour's burst of work then falls on both sides. */
  loneRounds: number;
  loneRequests: number;
  /** Rows of the large batch, and of the small one that shows how memory grows. */
  rows: { large: number; small: number };
  /** How often the large batch is measured. */
  batches: number;
  /** Chunks of the batch whose work waits. */
  waitingChunks: number;
  /** Length of the interactive load whose work waits, in milliseconds. */
  waitingMs: number;
}

/** What the closing table is made with. */
export const fullEffort: Effort = { rounds: 12, turnMs: 750, loneRounds: 40, loneRequests: 25, rows: { large: 1_000_000, small: 100 }, batches: 2, waitingChunks: 240, waitingMs: 4_000 };
/** To see whether something broke. */
export const quickEffort: Effort = { rounds: 3, turnMs: 500, loneRounds: 8, loneRequests: 25, rows: { large: 100_000, small: 100 }, batches: 1, waitingChunks: 60, waitingMs: 1_500 };
