import { randomBytes } from 'node:crypto';
import { open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type ModelChange, historyFile } from '../common/model/model-history.ts';

/** Size from which the older half of the history is dropped, in bytes: some 3,000 changes. */
const maxBytes = 1_048_576;
/** Longest reason that is kept, in characters. */
const maxReason = 1_000;

/** Appends a change to the history on the models volume, and sees to it that it lasts. A line that a power cut has torn is ended first. */
export async function recordChange(directory: string, change: ModelChange): Promise<void> {
  const path = join(directory, historyFile);
  const line = `${JSON.stringify({ ...change, reason: change.reason.slice(0, maxReason) })}\n`;
  const file = await open(path, 'a+', 0o644);
  let size: number;
  try {
    ({ size } = await file.stat());
    const last = Buffer.alloc(1);
    if (size > 0) await file.read(last, 0, 1, size - 1);
    await file.appendFile(size > 0 && last.toString() !== '\n' ? `\n${line}` : line);
    await file.sync();
  } finally {
    await file.close();
  }
  if (size + line.length > maxBytes) await dropOlderHalf(path);
}

/** Replaces the file by its newer half, whole or not at all. */
async function dropOlderHalf(path: string): Promise<void> {
  const lines = (await readFile(path, 'utf8')).split('\n');
  const temporary = join(dirname(path), `.tmp-history-${randomBytes(4).toString('hex')}`);
  try {
    const file = await open(temporary, 'wx', 0o644);
    try {
      await file.writeFile(lines.slice(lines.length >> 1).join('\n'));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } finally {
    await rm(temporary, { force: true });
  }
}
