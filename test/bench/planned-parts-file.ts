import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { csvText } from '../../common/files/export/csv-text.ts';
import { demonstrationRecords } from '../../trainer/demonstration.ts';

/** Writes a CSV of so many planned parts, part_id and six features each, and returns its path. Each seed gives another file. */
export async function plannedPartsFile(directory: string, rows: number, seed: number): Promise<string> {
  const path = join(directory, `planned-${rows}-${seed}.csv`);
  await pipeline(Readable.from(lines(rows, seed)), createWriteStream(path));
  return path;
}

function* lines(rows: number, seed: number): Generator<string, void, undefined> {
  for (const records of demonstrationRecords(rows, seed, { planned: true })) yield records.map(({ cells }) => `${csvText(cells, ',')}\n`).join('');
}
