/** Bytes that what a file is, and its dialect, are told by. */
export const headBytes = 64 * 1024;

/** A source whose first bytes are known and come again with the rest. */
export interface HeadedBytes {
  /** The first 64 KB, or all where there are fewer. */
  head: Buffer;
  /** True where the head is everything. */
  complete: boolean;
  /** Every piece, from the first. */
  pieces: AsyncGenerator<Uint8Array, void, undefined>;
  /** Lets go of the source, read to its end or not. */
  close(): Promise<void>;
}

/** Reads the head of a source, and gives it back with what follows. Throws what the source throws. */
export async function readHead(source: AsyncIterable<Uint8Array>): Promise<HeadedBytes> {
  const iterator = source[Symbol.asyncIterator]();
  const read: Uint8Array[] = [];
  let bytes = 0;
  let complete = false;
  while (bytes < headBytes && !complete) {
    const next: IteratorResult<Uint8Array, unknown> = await iterator.next();
    if (next.done) complete = true;
    else {
      read.push(next.value);
      bytes += next.value.length;
    }
  }
  // Not the generator's own end: one that was never begun would not come to it.
  const close = async (): Promise<void> => {
    await iterator.return?.();
  };
  async function* pieces(): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      for (let piece = read.shift(); piece; piece = read.shift()) yield piece;
      for (let next: IteratorResult<Uint8Array, unknown> = await iterator.next(); !next.done; next = await iterator.next()) yield next.value;
    } finally {
      await close();
    }
  }
  return { head: Buffer.concat(read).subarray(0, headBytes), complete: complete && bytes <= headBytes, pieces: pieces(), close };
}
