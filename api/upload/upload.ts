import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { Busboy } from '@fastify/busboy';
import type { Request } from 'express';
import { SpindleError, messageOf } from '../../common/errors.ts';

/** A file on its way in. */
export interface Upload {
  fileName: string | null;
  /** The bytes as they arrive; throws `body_too_large` and `upload_interrupted`. */
  pieces: AsyncIterable<Buffer>;
  /** SHA-256 of the bytes, in hexadecimal, once all have been read. */
  sha256(): string;
}

/**
 * The file in a request's body: raw (`text/csv`, `text/plain`, `application/octet-stream`) or the one file of a `multipart/form-data` form.
 * Throws `unsupported_media_type` or `invalid_body`.
 */
export async function openUpload(request: Request, maxBytes: number): Promise<Upload> {
  const type = request.headers['content-type'] ?? '';
  const declared = Number(request.headers['content-length'] ?? 0);
  if (declared > maxBytes + 64 * 1024) throw tooLarge(maxBytes);
  if (/^multipart\/form-data\s*;/i.test(type)) {
    const { file, fileName } = await firstFile(request, type);
    return measured(file, fileName, maxBytes);
  }
  if (/^(?:text\/csv|text\/plain|application\/csv|application\/vnd\.ms-excel|application\/octet-stream)\s*(?:;|$)/i.test(type)) return measured(request, null, maxBytes);
  const given = type === '' ? 'nothing is said about its type' : `${type.slice(0, 80)} is not supported`;
  throw new SpindleError('unsupported_media_type', `send the CSV with content-type text/csv, or as the file of a multipart/form-data form: ${given}`);
}

function measured(source: Readable, fileName: string | null, maxBytes: number): Upload {
  const hash = createHash('sha256');
  let digest: string | undefined;
  async function* pieces(): AsyncGenerator<Buffer> {
    let bytes = 0;
    try {
      // Leaving early must not destroy the request: its answer, the reason, goes over the same socket.
      for await (const piece of source.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
        bytes += piece.length;
        if (bytes > maxBytes) throw tooLarge(maxBytes);
        hash.update(piece);
        yield piece;
      }
    } catch (error) {
      if (error instanceof SpindleError) throw error;
      throw new SpindleError('upload_interrupted', `the upload broke off after ${bytes} bytes: ${messageOf(error)}`, { cause: error });
    } finally {
      source.resume(); // what is left of the body is read and dropped, so that the client gets to read the answer
    }
  }
  return { fileName, pieces: pieces(), sha256: () => (digest ??= hash.digest('hex')) };
}

/** The form's file as a stream; anything else in the form is refused, so that no option is lost silently. */
function firstFile(request: Request, type: string): Promise<{ file: Readable; fileName: string | null }> {
  return new Promise((resolve, reject) => {
    const refuse = (message: string, cause?: unknown): void => {
      request.unpipe(form);
      request.resume();
      reject(new SpindleError('invalid_body', message, { cause }));
    };
    const form = new Busboy({ headers: { ...request.headers, 'content-type': type }, limits: { files: 1, fields: 1, parts: 3, headerPairs: 50 } });
    let current: Readable | undefined;
    form.on('file', (_field, file, name) => {
      current = file;
      resolve({ file, fileName: name ? name.slice(0, 200) : null });
    });
    form.on('field', (name) => refuse(`the form has a field ${name.slice(0, 80)}: send only the file, and options in the query`));
    form.on('filesLimit', () => current?.destroy(new Error('the form has more than one file: send one at a time')));
    form.on('finish', () => refuse('the form holds no file'));
    form.on('error', (error) => {
      current?.destroy(error instanceof Error ? error : new Error(String(error)));
      refuse(`the form is not valid: ${messageOf(error)}`, error);
    });
    request.on('aborted', () => current?.destroy(new Error('aborted')));
    request.pipe(form);
  });
}

const tooLarge = (maxBytes: number): SpindleError =>
  new SpindleError('body_too_large', `the file is larger than ${maxBytes / 1e6} MB; split it, or ask the operator to raise BATCH_MAX_MB`);
