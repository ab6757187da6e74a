import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Bytes kept in memory; more go to a file of the system's temporary folder. */
const memoryBytes = 8 * 1024 * 1024;

/** A file that arrived as a stream, to be read from anywhere in it. */
export interface SpooledFile {
  /** All bytes, where they are few. */
  buffer: Buffer | undefined;
  /** The open temporary file, where they are many; it has no name any more, so that nothing stays behind however the process ends. */
  file: FileHandle | undefined;
}

/** Reads a source to its end. Throws what the source throws. */
export async function spooled(source: AsyncIterable<Uint8Array>): Promise<SpooledFile> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  let file: FileHandle | undefined;
  try {
    for await (const piece of source) {
      bytes += piece.length;
      pieces.push(piece);
      if (bytes <= memoryBytes) continue;
      file ??= await namelessFile();
      await file.writev(pieces.splice(0));
    }
    return file ? { buffer: undefined, file } : { buffer: Buffer.concat(pieces), file };
  } catch (error) {
    await file?.close();
    throw error;
  }
}

async function namelessFile(): Promise<FileHandle> {
  const folder = await mkdtemp(join(tmpdir(), 'spindle-'));
  const file = await open(join(folder, 'upload'), 'w+', 0o600);
  // Where an open file cannot be removed, the folder's owner clears it away.
  await rm(folder, { recursive: true, force: true }).catch(() => {});
  return file;
}
