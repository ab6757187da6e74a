import { Readable } from 'node:stream';
import { plainTable } from '../../common/files/import/plain-table.ts';
import type { TrainingSource } from '../../trainer/training-source.ts';

/** A CSV text as a source. */
export function memorySource(text: string): TrainingSource {
  return { name: 'memory', origin: 'file', read: () => plainTable(Readable.from([Buffer.from(text)])), sha256: () => '0'.repeat(64) };
}

/** CSV text of a header and rows. */
export const csv = (header: string, rows: readonly string[]): string => [header, ...rows].join('\n');
