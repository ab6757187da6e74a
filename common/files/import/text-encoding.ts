import { isAscii, isUtf8 } from 'node:buffer';
import iconv from 'iconv-lite';
import { SpindleError } from '../../errors.ts';
import type { HeadedBytes } from './byte-head.ts';

/** Encodings that text files may have. */
export const encodings = ['utf-8', 'utf-16le', 'utf-16be', 'windows-1252'] as const;
export type Encoding = (typeof encodings)[number];

/** Text on its way in, as UTF-8 without a byte order mark. */
export interface Utf8Text {
  /** The encoding of the file; a file that begins with nothing but ASCII may turn out to be Windows-1252 later. */
  readonly encoding: Encoding;
  /** True once letters have come that only another encoding can have meant. */
  readonly isGarbled: boolean;
  /** The text's beginning: what the first 64 KB hold. */
  readonly head: string;
  readonly pieces: AsyncGenerator<Buffer, void, undefined>;
}

const marks: [Encoding, number[]][] = [['utf-8', [0xef, 0xbb, 0xbf]], ['utf-16le', [0xff, 0xfe]], ['utf-16be', [0xfe, 0xff]]];

/**
 * Reads text of any of the encodings: told by its byte order mark or by what is valid, unless `encoding` says it.
 * Throws, while reading, `not_text` with the line of a NUL and `unsupported_encoding` with the line where the text stops being what it began as.
 */
export function utf8Text({ head, complete, pieces }: HeadedBytes, encoding?: Encoding): Utf8Text {
  const marked = marks.find(([, bytes]) => bytes.every((byte, index) => head[index] === byte))?.[0];
  const told = encoding ?? marked ?? (isUtf8(complete ? head : wholeCharacters(head)) ? 'utf-8' : 'windows-1252');
  const text = new IncomingText(told, encoding !== undefined || marked !== undefined || !isAscii(head));
  const start = iconv.decode(complete ? head : wholeCharacters(head), told);
  return {
    get encoding() {
      return text.encoding;
    },
    get isGarbled() {
      return text.isGarbled;
    },
    head: start,
    pieces: text.utf8(pieces),
  };
}

class IncomingText {
  encoding: Encoding;
  isGarbled = false;
  /** Whether NUL bytes have come, which may only stand behind everything else. */
  #isOver = false;
  /** False while nothing but ASCII has come, which most encodings share. */
  #settled: boolean;
  #line = 1;

  constructor(encoding: Encoding, settled: boolean) {
    this.encoding = encoding;
    this.#settled = settled;
  }

  async *utf8(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer, void, undefined> {
    let carry: Buffer = Buffer.alloc(0);
    let first = true;
    let decoder: iconv.DecoderStream | undefined;
    for await (const piece of pieces) {
      let bytes = carry.length > 0 ? Buffer.concat([carry, piece]) : Buffer.from(piece.buffer, piece.byteOffset, piece.length);
      carry = Buffer.alloc(0);
      if (first && bytes.length < 3) {
        carry = bytes; // a mark may be cut in two
        continue;
      }
      if (this.encoding === 'utf-8') {
        if (first && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) bytes = bytes.subarray(3);
        const whole = wholeCharacters(bytes);
        if (this.#isUtf8(whole)) {
          carry = bytes.subarray(whole.length);
          first = false;
          yield this.#checked(whole);
          continue;
        }
      }
      first = false;
      decoder ??= iconv.getDecoder(this.encoding);
      yield this.#checked(Buffer.from(decoder.write(bytes) ?? ''));
    }
    if (this.encoding === 'utf-8' && carry.length > 0 && this.#isUtf8(carry)) yield this.#checked(carry);
    else if (this.encoding !== 'utf-8') yield this.#checked(Buffer.from((decoder ??= iconv.getDecoder(this.encoding)).write(carry) + (decoder.end() ?? '')));
  }

  /** Whether these bytes go on as UTF-8; where nothing but ASCII came before, the file is Windows-1252 instead. */
  #isUtf8(bytes: Buffer): boolean {
    if (isUtf8(bytes)) {
      this.#settled ||= !isAscii(bytes);
      return true;
    }
    if (this.#settled) {
      const line = this.#line + newlines(bytes.subarray(0, firstInvalid(bytes)));
      throw new SpindleError('unsupported_encoding', `line ${line}: the text is not UTF-8 as it is before; save the file as CSV UTF-8, or say encoding=windows-1252 if that is what it is`);
    }
    this.encoding = 'windows-1252';
    this.#settled = true;
    return false;
  }

  #checked(text: Buffer): Buffer {
    const nul = this.#isOver && text.some((byte) => byte !== 0) ? 0 : text.indexOf(0);
    if (nul >= 0 && text.subarray(nul).every((byte) => byte === 0)) {
      // Programs that write in blocks fill up the last one.
      this.#isOver = true;
      return text.subarray(0, nul);
    }
    if (nul >= 0) {
      throw new SpindleError('not_text', `line ${this.#line + newlines(text.subarray(0, nul))}: found a NUL byte, which no CSV text has; save the file as CSV UTF-8, or say encoding=utf-16le if that is what it is`);
    }
    this.#line += newlines(text);
    // Windows-1252 has letters where DOS and Mac encodings have others; where it has none, replacement or control characters come out.
    this.isGarbled ||= this.encoding === 'windows-1252' && /[\u0080-\u009F\uFFFD]/.test(text.toString('utf8'));
    return text;
  }
}

/** The bytes without a UTF-8 character that is cut at their end. */
function wholeCharacters(bytes: Buffer): Buffer {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) return bytes;
    if (byte >= 0xc0) {
      const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return back < length ? bytes.subarray(0, bytes.length - back) : bytes;
    }
  }
  return bytes;
}

function newlines(text: Uint8Array): number {
  let count = 0;
  for (let at = text.indexOf(10); at >= 0; at = text.indexOf(10, at + 1)) count++;
  return count;
}

/** Where bytes stop being UTF-8, to within a character. */
function firstInvalid(bytes: Buffer): number {
  const replaced = bytes.toString('utf8').indexOf('\uFFFD');
  return replaced < 0 ? bytes.length : Buffer.byteLength(bytes.toString('utf8').slice(0, replaced));
}
