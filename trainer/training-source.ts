import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type TableOptions, plainTable } from '../common/files/import/plain-table.ts';
import type { TableRow } from '../common/files/import/table-row.ts';
import type { DataOrigin } from '../common/model/report.ts';
import { demonstrationRecords } from './demonstration.ts';

/** A table of finished parts that can be read more than once: to learn its columns, then to take its rows. */
export interface TrainingSource {
  /** What the report calls it: demonstration, upload or the name of a file. */
  name: string;
  /** Where it comes from, whatever its name. */
  origin: DataOrigin;
  /** All rows, header first, in pieces. */
  read(): AsyncIterable<TableRow[]> | Iterable<TableRow[]>;
  /** SHA-256 of the table in hexadecimal; a file's is known once it was read to its end. */
  sha256(): string;
}

/** A CSV or XLSX file on disk. Reading throws what `plainTable` throws, and the file system's error where the file cannot be opened. */
export function fileSource(path: string, name: string, options: TableOptions = {}): TrainingSource {
  let digest = '';
  async function* hashed(): AsyncGenerator<Uint8Array, void, undefined> {
    const hash = createHash('sha256');
    const stream = createReadStream(path) as AsyncIterable<Buffer>;
    for await (const piece of stream) {
      hash.update(piece);
      yield piece;
    }
    digest = hash.digest('hex');
  }
  return { name, origin: 'file', read: () => plainTable(hashed(), options), sha256: () => digest };
}

/** The demonstration data of a seed. */
export function demonstrationSource(rows: number, seed: number): TrainingSource {
  const sha256 = (): string => {
    const hash = createHash('sha256');
    for (const records of demonstrationRecords(rows, seed)) for (const { cells } of records) hash.update(`${cells.join(',')}\n`);
    return hash.digest('hex');
  };
  return { name: 'demonstration', origin: 'demonstration', read: () => demonstrationRecords(rows, seed), sha256 };
}

/** The same source; reading it throws the signal's reason once that is aborted. */
export function interruptible(source: TrainingSource, signal: AbortSignal): TrainingSource {
  return {
    name: source.name,
    origin: source.origin,
    async *read() {
      for await (const records of source.read()) {
        signal.throwIfAborted();
        yield records;
      }
    },
    sha256: () => source.sha256(),
  };
}
