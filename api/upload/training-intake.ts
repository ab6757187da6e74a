import { randomUUID } from 'node:crypto';
import type { ChunkStore } from '../../common/chunk-store.ts';
import { SpindleError } from '../../common/errors.ts';
import { type TableOptions, plainTable } from '../../common/files/import/plain-table.ts';
import type { TableRow } from '../../common/files/import/table-row.ts';
import { duplicateColumns, isBlank, refuseFor, trimmedNames } from '../../common/files/header.ts';
import { missingTarget } from '../../common/files/target-column.ts';
import type { RedisKeys } from '../../common/redis-keys.ts';
import { type Training, type TrainingStore, queuedTraining } from '../../common/training-store.ts';
import type { JobQueues } from '../job-queues.ts';
import { BoundedWrites } from './bounded-writes.ts';
import { chunkRows } from './batch-intake.ts';
import type { Upload } from './upload.ts';

const uploadSeconds = 3_600;
const queuePatience = 5_000;

/** What an upload asks for: the column to learn, and whether the version is to be current whatever the gate says. */
export interface TrainingWish {
  target?: string | undefined;
  promote?: boolean | undefined;
}

/** Takes CSV files of finished parts in as trainings; what the columns mean is the trainer's to decide. */
export class TrainingIntake {
  readonly #trainings: TrainingStore;
  readonly #chunks: ChunkStore;
  readonly #queues: JobQueues;
  readonly #keys: RedisKeys;
  readonly #maxRows: number;

  constructor(parts: { trainings: TrainingStore; chunks: ChunkStore; queues: JobQueues; keys: RedisKeys; maxRows: number }) {
    this.#trainings = parts.trainings;
    this.#chunks = parts.chunks;
    this.#queues = parts.queues;
    this.#keys = parts.keys;
    this.#maxRows = parts.maxRows;
  }

  /** Stores the file's rows and queues the training. On any failure nothing stays behind. */
  async take(upload: Upload, { target, promote = false, ...table }: TrainingWish & TableOptions, requestId: string): Promise<Training> {
    const id = randomUUID();
    const writes = new BoundedWrites();
    let chunks = 0;
    let rows = 0;
    let blank = 0;
    let columns: string[] | undefined;
    let pending: TableRow[] = [];
    const flush = async (): Promise<void> => {
      const [chunk, records] = [chunks++, pending];
      pending = [];
      await writes.add(() => this.#chunks.put(this.#keys.trainingRows(id, chunk), records, uploadSeconds));
    };
    try {
      for await (const records of plainTable(upload.pieces, table)) {
        for (const record of records) {
          if (!columns) {
            const { cells, line } = record;
            columns = trimmedNames(cells, line);
            refuseFor([duplicateColumns(columns, line), target === undefined ? undefined : missingTarget(columns, target, { isTold: true, line })]);
            continue;
          }
          if (isBlank(record.cells)) {
            blank++;
            continue;
          }
          rows++;
          if (pending.push(record) >= chunkRows) await flush();
        }
        if (rows > this.#maxRows) throw new SpindleError('too_many_rows', `the file has more than ${this.#maxRows} rows, the most that a training takes here; leave out the oldest, or ask the operator to raise TRAINING_MAX_ROWS`);
      }
      if (!columns) throw new SpindleError('empty_file', 'the file is empty: expected a header row and finished parts below it');
      if (rows === 0) throw new SpindleError('empty_file', 'the file has a header but no parts below it');
      if (pending.length > 0) await flush();
      await writes.finish();
      const training = queuedTraining({
        id,
        created_at: new Date().toISOString(),
        file_name: upload.fileName,
        columns,
        rows,
        blank,
        chunks,
        sha256: upload.sha256(),
        target: target ?? null,
        promote,
        request_id: requestId,
      });
      await this.#trainings.create(training);
      await this.#queues.add('train-model', { trainingId: id }, { jobId: id }, queuePatience);
      return training;
    } catch (error) {
      await writes.settle();
      await this.#trainings.discard(id, chunks).catch(() => {}); // without Redis the pieces expire by themselves
      throw error;
    }
  }
}
