import type { Readable } from 'node:stream';
import { type Entry, type ZipFile, fromBuffer, fromFd } from 'yauzl';
import { SpindleError, messageOf } from '../../errors.ts';
import { spooled } from './spooled-file.ts';

/** Parts that a workbook may have: one of a hundred sheets with drawings has some five hundred. */
const maxParts = 5_000;

const options = { lazyEntries: true, autoClose: false, validateEntrySizes: true, decodeStrings: true } as const;

/** The parts of a ZIP archive by their names. Nothing is unpacked until it is asked for, and then no further than its limit. */
export class ZipParts {
  readonly names: readonly string[];
  readonly #zip: ZipFile;
  readonly #entries: ReadonlyMap<string, Entry>;
  readonly #release: () => Promise<void>;
  #closed = false;

  /** Reads the archive's directory. Throws `invalid_workbook` for what is no sound ZIP, and what the source throws. */
  static async open(source: AsyncIterable<Uint8Array>): Promise<ZipParts> {
    const { buffer, file } = await spooled(source);
    const release = async (): Promise<void> => file?.close();
    try {
      const zip = await new Promise<ZipFile>((resolve, reject) => {
        const opened = (error: Error | null, value: ZipFile | undefined): void => (value && !error ? resolve(value) : reject(error ?? new Error('no archive')));
        if (buffer) fromBuffer(buffer, options, opened);
        else fromFd(file?.fd ?? -1, options, opened);
      });
      return new ZipParts(zip, await entriesOf(zip), release);
    } catch (error) {
      await release();
      throw error instanceof SpindleError ? error : broken(error);
    }
  }

  private constructor(zip: ZipFile, entries: ReadonlyMap<string, Entry>, release: () => Promise<void>) {
    this.#zip = zip;
    this.#entries = entries;
    this.names = [...entries.keys()];
    this.#release = release;
  }

  has(name: string): boolean {
    return this.#entries.has(name);
  }

  /** A part's bytes, unpacked. Throws `invalid_workbook` where it is not there, encrypted, broken or larger than `maxBytes`, whatever the archive says of its size. */
  async *read(name: string, maxBytes: number): AsyncGenerator<Buffer, void, undefined> {
    const entry = this.#entries.get(name);
    if (!entry) throw new SpindleError('invalid_workbook', `the workbook has no part ${name}: save it anew as .xlsx`);
    if (entry.isEncrypted()) throw new SpindleError('invalid_workbook', 'the workbook is protected by a password: save it without one');
    if (entry.uncompressedSize > maxBytes) throw tooLarge(name, maxBytes);
    try {
      const stream = await new Promise<Readable>((resolve, reject) => {
        this.#zip.openReadStream(entry, (error, value) => (value && !error ? resolve(value) : reject(error ?? new Error('no stream'))));
      });
      let bytes = 0;
      for await (const piece of stream as AsyncIterable<Buffer>) {
        bytes += piece.length;
        if (bytes > maxBytes) throw tooLarge(name, maxBytes);
        yield piece;
      }
    } catch (error) {
      throw error instanceof SpindleError ? error : broken(error);
    }
  }

  /** Lets go of the archive; again is the same as once. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    // The file is closed by its own handle: two closers of one descriptor could meet another's file.
    await this.#release();
  }
}

function entriesOf(zip: ZipFile): Promise<Map<string, Entry>> {
  if (zip.entryCount > maxParts) throw new SpindleError('invalid_workbook', `the archive has ${zip.entryCount} parts; a workbook of at most ${maxParts} is accepted`);
  return new Promise((resolve, reject) => {
    const entries = new Map<string, Entry>();
    zip.on('error', reject);
    zip.on('entry', (entry: Entry) => {
      // Two parts of one name would let two readers see two workbooks.
      if (entries.has(entry.fileName)) reject(new SpindleError('invalid_workbook', `the archive holds ${entry.fileName.slice(0, 80)} twice`));
      entries.set(entry.fileName, entry);
      zip.readEntry();
    });
    zip.on('end', () => resolve(entries));
    zip.readEntry();
  });
}

const broken = (error: unknown): SpindleError => new SpindleError('invalid_workbook', `the workbook is damaged (${messageOf(error)}): save it anew as .xlsx, or as CSV UTF-8`, { cause: error });

const tooLarge = (name: string, maxBytes: number): SpindleError =>
  new SpindleError('invalid_workbook', `the workbook's part ${name.slice(0, 80)} unpacks to more than ${Math.round(maxBytes / 1e6)} MB: save the sheet as CSV UTF-8, or split it`);
