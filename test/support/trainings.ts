import { randomUUID } from 'node:crypto';
import type { Training } from '../../common/training-store.ts';

/** A training that waits, as the API stores it, with these changes. */
export function trainingOf(changes: Partial<Training> = {}): Training {
  return {
    id: randomUUID(),
    created_at: new Date().toISOString(),
    file_name: null,
    columns: ['x_cm', 'time_min'],
    rows: 2_500,
    blank: 0,
    chunks: 3,
    sha256: 'a',
    target: null,
    promote: false,
    request_id: 'r',
    state: 'queued',
    stage: null,
    detail: null,
    progress: 0,
    started_at: null,
    finished_at: null,
    version: null,
    verdict: null,
    reason: null,
    code: null,
    errors: [],
    ...changes,
  };
}
