import { type ChunkStore, trainingChunkSchema } from '../common/chunk-store.ts';
import type { RedisKeys } from '../common/redis-keys.ts';
import type { Training } from '../common/training-store.ts';
import type { TrainingSource } from './training-source.ts';

/** An upload of finished parts as the API has stored it, chunk by chunk. Reading throws `not_found` where it has expired. */
export function storedSource(training: Training, chunks: ChunkStore, keys: RedisKeys): TrainingSource {
  return {
    name: training.file_name ?? 'upload',
    origin: 'upload',
    async *read() {
      yield [{ line: 1, cells: training.columns }];
      for (let chunk = 0; chunk < training.chunks; chunk++) yield await chunks.get(keys.trainingRows(training.id, chunk), trainingChunkSchema);
    },
    sha256: () => training.sha256,
  };
}
