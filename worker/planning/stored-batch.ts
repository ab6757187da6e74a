import { SpindleError } from '../../common/errors.ts';
import { type BatchRecord } from '../../common/batch-store.ts';
import { planningChunkSchema } from '../../common/batch-totals.ts';
import { partsChunkSchema, rejectedChunkSchema, rowsChunkSchema, unpack } from '../../common/chunk-store.ts';
import { estimateColumnsSchema } from '../../common/estimate.ts';
import { plainReport } from '../../common/files/import/import-report.ts';
import type { PartSchema } from '../../common/part-schema.ts';
import type { EstimatedPart, RefusedPart } from './estimated-part.ts';
import { PartTable } from './part-table.ts';

/** A piece of a batch as it is stored; what has expired or was never computed is absent. */
export interface StoredChunk {
  rows?: Uint8Array | undefined;
  parts?: Uint8Array | undefined;
  planning?: Uint8Array | undefined;
  estimates?: Uint8Array | undefined;
}

/** A batch as it is stored. */
export interface StoredBatch {
  record: BatchRecord;
  chunks: StoredChunk[];
  rejected: Uint8Array[];
}

const unitMinutes: Readonly<Record<string, number>> = { min: 1, h: 60, s: 1 / 60 };

/** The parts of a stored batch, the refused ones too. Throws `invalid_schedule_request` where the batch estimates no time, and `not_found` where it has expired. */
export async function storedParts({ record, chunks, rejected }: StoredBatch, processColumn: string): Promise<(EstimatedPart | RefusedPart)[]> {
  const { id, schema, columns: header, model_version: version } = record;
  const minutes = minutesOf(schema.target);
  const table = new PartTable({ batchId: id, header, columns: (record.import ?? plainReport()).columns, schema, processColumn });
  const all: (EstimatedPart | RefusedPart)[] = [];
  for (const chunk of chunks) {
    if (!chunk.rows || !chunk.parts || !chunk.planning) throw new SpindleError('not_found', `the rows of batch ${id} have expired: upload it again`);
    const [cells, { values, unknown }, planning] = await Promise.all([unpack(chunk.rows, rowsChunkSchema), unpack(chunk.parts, partsChunkSchema), unpack(chunk.planning, planningChunkSchema)]);
    const estimates = chunk.estimates && (await unpack(chunk.estimates, estimateColumnsSchema));
    const estimate = (row: number): EstimatedPart['estimate'] => {
      const value = estimates?.value[row];
      return estimates && value !== undefined ? { value: value * minutes, low: (estimates.low[row] ?? value) * minutes, high: (estimates.high[row] ?? value) * minutes } : undefined;
    };
    all.push(...table.parts({ lines: planning.lines, cells, values, unknown, planning }, estimate, () => version));
  }
  for (const piece of rejected) all.push(...table.refused(await unpack(piece, rejectedChunkSchema)));
  return all;
}

/** Minutes of one unit of a target. */
function minutesOf({ name, unit = 'min' }: PartSchema['target']): number {
  const minutes = unitMinutes[unit];
  if (minutes === undefined) throw new SpindleError('invalid_schedule_request', `the model estimates ${name} in ${unit}, and only times in min, h or s can be planned`);
  return minutes;
}
