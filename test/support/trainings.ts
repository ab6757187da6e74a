import { randomUUID } from 'node:crypto';
import { type Training, queuedTraining } from '../../common/training-store.ts';

/** A training that waits, as the API stores it, with these changes. */
export function trainingOf(changes: Partial<Training> = {}): Training {
  const queued = queuedTraining({ id: randomUUID(), created_at: new Date().toISOString(), file_name: null, columns: ['x_cm', 'time_min'], rows: 2_500, blank: 0, chunks: 3, sha256: 'a', target: null, promote: false, request_id: 'r' });
  return { ...queued, ...changes };
}
