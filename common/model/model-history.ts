import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { versionIdSchema } from './version-id.ts';

/** Why `current` changed: by the gate's verdict or against it, by an operator's switch, as the first version, or to mend what was damaged. */
export const changeCauses = ['gate', 'override', 'switch', 'first', 'repair'] as const;

/** One change of the current version: a line of `history.jsonl`. */
export const modelChangeSchema = z
  .strictObject({
    at: z.iso.datetime(),
    version: versionIdSchema.describe('Current from then on'),
    before: versionIdSchema.nullable().describe('Current until then; null where there was none or it was not known'),
    by: z.enum(changeCauses).describe('gate: promoted; override: promoted against the gate; switch: PUT /v1/models/current; first: nothing was current; repair: what was current is damaged'),
    reason: z.string(),
    request_id: z.string().nullable().describe('The HTTP request that asked'),
  })
  .meta({ id: 'ModelChange' });

export type ModelChange = z.infer<typeof modelChangeSchema>;

/** Name of the file on the models volume; only the trainer writes it. */
export const historyFile = 'history.jsonl';

/** Bytes read from the end of the file: twenty changes are well below. */
const tailBytes = 65_536;

/** The last changes of the current version, newest first; lines that are none, as after a power cut, are passed over. */
export async function readHistory(directory: string, limit: number): Promise<ModelChange[]> {
  const text = await tail(join(directory, historyFile));
  const changes = text.split('\n').flatMap((line) => parseChange(line) ?? []);
  return changes.reverse().slice(0, limit);
}

async function tail(path: string): Promise<string> {
  try {
    const file = await open(path, 'r');
    try {
      const { size } = await file.stat();
      const bytes = Buffer.alloc(Math.min(size, tailBytes));
      const { bytesRead } = await file.read(bytes, 0, bytes.length, size - bytes.length);
      return bytes.toString('utf8', 0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  }
}

function parseChange(line: string): ModelChange | undefined {
  try {
    return modelChangeSchema.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}
