import { createHash } from 'node:crypto';
import { type Readable, finished } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Busboy } from '@fastify/busboy';
import type { Request } from 'express';
import { SpindleError, messageOf } from '../../common/errors.ts';

/** Bytes handed on at a time: some four hundred rows, a millisecond or two of parsing. */
const pieceBytes = 16 * 1024;

/** A file on its way in. */
export interface Upload {
  fileName: string | null;
  /** The bytes as they arrive; throws `body_too_large` and `upload_interrupted`. */
  pieces: AsyncIterable<Buffer>;
  /** SHA-256 of the bytes, in hexadecimal, once all have been read. */
  sha256(): string;
}

/**
 * The file in a request's body: raw (`text/csv`, `text/plain`, that of .xlsx, `application/json`, `application/octet-stream`; what it is, its bytes tell) or the one file of a `multipart/form-data` form.
 * Throws `unsupported_media_type`, `invalid_body`, `body_too_large` or `upload_interrupted`.
 */
export async function openUpload(request: Request, maxBytes: number): Promise<Upload> {
  const type = request.headers['content-type'] ?? '';
  const encoding = request.headers['content-encoding'] ?? 'identity';
  const declared = Number(request.headers['content-length'] ?? 0);
  if (declared > maxBytes + 64 * 1024) throw tooLarge(maxBytes);
  if (encoding.toLowerCase() !== 'identity') throw new SpindleError('unsupported_media_type', `send the file as it is: content-encoding ${encoding.slice(0, 80)} is not supported`);
  if (/^multipart\/form-data\s*(?:;|$)/i.test(type)) return measured(await formFile(request, type), maxBytes);
  if (/^(?:text\/csv|text\/plain|application\/csv|text\/tab-separated-values|application\/json|application\/(?:x-ndjson|jsonl)|application\/vnd\.ms-excel|application\/vnd\.openxmlformats-officedocument\.spreadsheetml\.sheet|application\/octet-stream)\s*(?:;|$)/i.test(type)) {
    return measured({ stream: request, fileName: null, alone: Promise.resolve() }, maxBytes);
  }
  const given = type === '' ? 'nothing is said about its type' : `${type.slice(0, 80)} is not supported`;
  throw new SpindleError('unsupported_media_type', `send the file with content-type text/csv, application/json or that of .xlsx, or as the file of a multipart/form-data form: ${given}`);
}

interface IncomingFile {
  stream: Readable;
  fileName: string | null;
  /** Resolves when the body has ended and held nothing but the file. */
  alone: Promise<void>;
}

function measured({ stream, fileName, alone }: IncomingFile, maxBytes: number): Upload {
  const hash = createHash('sha256');
  let digest: string | undefined;
  async function* pieces(): AsyncGenerator<Buffer> {
    let bytes = 0;
    try {
      // Leaving early must not destroy the request: its answer, the reason, goes over the same socket.
      for await (const piece of stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
        bytes += piece.length;
        if (bytes > maxBytes) throw tooLarge(maxBytes);
        hash.update(piece);
        // What is made of a piece holds up everybody else: small ones, and a turn for the others after each.
        for (let at = 0; at < piece.length; at += pieceBytes) {
          yield piece.subarray(at, at + pieceBytes);
          await nextTurn();
        }
      }
      await alone;
    } catch (error) {
      if (error instanceof SpindleError) throw error;
      await alone; // a form that ended within its file knows more than the file does
      throw interrupted(`after ${bytes} bytes`, error);
    } finally {
      stream.resume(); // what is left of the body is read and dropped, so that the client gets to read the answer
    }
  }
  return { fileName, pieces: pieces(), sha256: () => (digest ??= hash.digest('hex')) };
}

/** The form's file as a stream; anything else in the form is refused, before the file or behind it, so that no option is lost silently. */
function formFile(request: Request, type: string): Promise<IncomingFile> {
  const form = formReader(request, type);
  return new Promise((resolve, reject) => {
    let wasAlone = (): void => {};
    let wasNot = (_error: SpindleError): void => {};
    const alone = new Promise<void>((yes, no) => {
      wasAlone = yes;
      wasNot = no;
    });
    alone.catch(() => {}); // the file's reader meets it, unless that has stopped before
    let stream: Readable | undefined;
    const fail = (error: SpindleError): void => {
      request.unpipe();
      request.resume();
      reject(error);
      wasNot(error);
      stream?.destroy(error);
    };
    const refuse = (message: string, cause?: unknown): void => fail(new SpindleError('invalid_body', message, { cause }));
    form.on('file', (_field, file, name) => {
      stream = file;
      file.on('error', () => {}); // the one who reads it gets it too; nobody may be reading any more
      resolve({ stream: file, fileName: name ? name.slice(0, 200) : null, alone });
    });
    form.on('field', (name) => refuse(`the form has a field ${name.slice(0, 80)}: send only the file, and options in the query`));
    form.on('filesLimit', () => refuse('the form has more than one file: send one at a time'));
    form.on('finish', () => {
      if (stream) wasAlone();
      else refuse('the form holds no file');
    });
    form.on('error', (error) => refuse(`the form is not valid: ${messageOf(error)}`, error));
    // Also where the connection was lost before this was called.
    finished(request, { writable: false }, (error) => {
      if (error) fail(interrupted('within the form', error));
    });
    request.pipe(form);
  });
}

function formReader(request: Request, type: string) {
  try {
    return new Busboy({ headers: { ...request.headers, 'content-type': type }, limits: { files: 1, fields: 1, headerPairs: 50 } });
  } catch (error) {
    throw new SpindleError('invalid_body', `the form is not valid: ${messageOf(error)}`, { cause: error }); // such as one without a boundary
  }
}

const interrupted = (where: string, cause: unknown): SpindleError => new SpindleError('upload_interrupted', `the upload broke off ${where}: ${messageOf(cause)}`, { cause });

const tooLarge = (maxBytes: number): SpindleError =>
  new SpindleError('body_too_large', `the file is larger than ${maxBytes / 1e6} MB; split it, or ask the operator to raise BATCH_MAX_MB`);
