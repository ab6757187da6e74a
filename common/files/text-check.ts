import { SpindleError } from '../errors.ts';

const signatures: { name: string; bytes: number[]; fix: string }[] = [
  { name: 'a PNG image', bytes: [0x89, 0x50, 0x4e, 0x47], fix: 'choose the CSV file' },
  { name: 'a JPEG image', bytes: [0xff, 0xd8, 0xff], fix: 'choose the CSV file' },
  { name: 'a PDF', bytes: [0x25, 0x50, 0x44, 0x46], fix: 'choose the CSV file' },
  { name: 'a ZIP archive or Excel workbook', bytes: [0x50, 0x4b, 0x03, 0x04], fix: 'save the sheet as CSV UTF-8' },
  { name: 'an old Excel workbook', bytes: [0xd0, 0xcf, 0x11, 0xe0], fix: 'save the sheet as CSV UTF-8' },
  { name: 'a gzip archive', bytes: [0x1f, 0x8b], fix: 'unpack it first' },
];

/** Lets through nothing but UTF-8 text, piece by piece, and says at which line it stops being that. */
export class TextCheck {
  readonly #decoder = new TextDecoder('utf-8', { fatal: true });
  #line = 1;
  /** The first bytes, gathered until they are enough to tell a signature by. */
  #start: Buffer | undefined = Buffer.alloc(0);

  /** Throws `not_text` or `unsupported_encoding`. */
  push(piece: Uint8Array): void {
    if (piece.length === 0) return;
    if (this.#start) {
      this.#start = Buffer.concat([this.#start, piece.subarray(0, 4)]);
      checkSignature(this.#start);
      if (this.#start.length >= 4) this.#start = undefined;
    }
    const nul = piece.indexOf(0);
    if (nul >= 0) {
      throw new SpindleError('not_text', `line ${this.#line + newlines(piece.subarray(0, nul))}: found a NUL byte, which no CSV text has; save the file as CSV UTF-8`);
    }
    this.#decode(piece, true);
    this.#line += newlines(piece);
  }

  /** Throws where the text ends within a character. */
  end(): void {
    this.#decode(new Uint8Array(), false);
  }

  #decode(piece: Uint8Array, stream: boolean): void {
    try {
      this.#decoder.decode(piece, { stream });
    } catch (cause) {
      const line = this.#line + newlines(piece.subarray(0, firstInvalid(piece)));
      throw new SpindleError('unsupported_encoding', `line ${line}: the text is not UTF-8; save the file as CSV UTF-8`, { cause });
    }
  }
}

function checkSignature(start: Uint8Array): void {
  if ((start[0] === 0xff && start[1] === 0xfe) || (start[0] === 0xfe && start[1] === 0xff)) {
    throw new SpindleError('unsupported_encoding', 'line 1: the text is UTF-16; save the file as CSV UTF-8');
  }
  for (const { name, bytes, fix } of signatures) {
    if (bytes.every((byte, index) => start[index] === byte)) throw new SpindleError('not_text', `line 1: the file is ${name}, not CSV text; ${fix}`);
  }
}

function newlines(piece: Uint8Array): number {
  let count = 0;
  for (let at = piece.indexOf(10); at >= 0; at = piece.indexOf(10, at + 1)) count++;
  return count;
}

/** Where a piece stops being UTF-8, to within a character. */
function firstInvalid(piece: Uint8Array): number {
  // Lone continuation bytes at the very start belong to a character that the piece before began.
  const decoded = new TextDecoder('utf-8').decode(piece);
  const replaced = decoded.indexOf('\uFFFD', piece.length > 3 ? 3 : 0);
  return replaced < 0 ? piece.length : Buffer.byteLength(decoded.slice(0, replaced));
}
