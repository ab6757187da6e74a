import { createHash } from 'node:crypto';
import { connect } from 'node:net';
import express from 'express';
import * as fc from 'fast-check';
import { Registry } from 'prom-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { application } from '../../../api/application.ts';
import { openUpload } from '../../../api/upload/upload.ts';
import { messageOf } from '../../../common/errors.ts';
import { HttpService, parseRaw, sendRaw } from '../../support/http-service.ts';
import { type Answer, ask, json, problem, until } from '../../support/running-spindle.ts';
import { silentLog } from '../../support/test-connections.ts';

const maxBytes = 100_000;
const received = z.strictObject({ bytes: z.number(), sha256: z.string(), fileName: z.string().nullable() });
const textType = { 'content-type': 'text/csv' };

let service: HttpService;
/** Uploads whose handler has not ended, and how those ended that failed. */
let underWay = 0;
const failures: string[] = [];
beforeAll(async () => {
  const routes = express.Router().post('/', async (request, response) => {
    underWay++;
    try {
      const upload = await openUpload(request, maxBytes);
      let bytes = 0;
      for await (const piece of upload.pieces) bytes += piece.length;
      response.json({ bytes, sha256: upload.sha256(), fileName: upload.fileName });
    } catch (error) {
      failures.push(messageOf(error));
      throw error;
    } finally {
      underWay--;
    }
  });
  service = await HttpService.start(application([routes], 'test', silentLog, new Registry()));
});
afterAll(() => service.close());

const send = (body: NonNullable<RequestInit['body']>, headers: Record<string, string> = {}): Promise<Answer> => ask(service.url, { method: 'POST', body, headers });
const sha256 = (bytes: string | Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** A form of these parts; each is its headers and its content. */
const form = (...parts: string[]): string => `${parts.map((part) => `--B\r\n${part}\r\n`).join('')}--B--\r\n`;
const file = (content: string, name = 'parts.csv'): string => `Content-Disposition: form-data; name="file"; filename="${name}"\r\nContent-Type: text/csv\r\n\r\n${content}`;
const field = (name: string, value: string): string => `Content-Disposition: form-data; name="${name}"\r\n\r\n${value}`;
const formType = { 'content-type': 'multipart/form-data; boundary=B' };

describe('a raw file', () => {
  test.each(['text/csv', 'text/csv; charset=utf-8', 'TEXT/CSV', 'text/plain', 'application/octet-stream', 'application/vnd.ms-excel', 'application/json; charset=utf-8', 'application/x-ndjson'])('may come as %s', async (type) => {
    expect(json(await send('a,b\n1,2\n', { 'content-type': type }), received)).toEqual({ bytes: 8, sha256: sha256('a,b\n1,2\n'), fileName: null });
  });

  test.each(['application/jsonp', 'image/png', 'text/csvx', 'multipart/mixed; boundary=B'])('may not come as %s', async (type) => {
    expect(problem(await send('a,b\n1,2\n', { 'content-type': type }))).toMatchObject({ status: 415, code: 'unsupported_media_type', detail: expect.stringContaining(type) as string });
  });

  test('must say what it is', async () => {
    const answer = parseRaw(await sendRaw(service.port, 'POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 3\r\n\r\na,b'));
    expect(problem(answer)).toMatchObject({ code: 'unsupported_media_type', detail: expect.stringContaining('nothing is said about its type') as string });
  });

  test.each(['gzip', 'br', 'deflate'])('may not be packed with %s', async (encoding) => {
    expect(problem(await send('a,b\n1,2\n', { ...textType, 'content-encoding': encoding }))).toMatchObject({ code: 'unsupported_media_type' });
  });

  test('that is too large is refused, at once where it says so, else when it is', async () => {
    expect(problem(await send('x'.repeat(maxBytes + 100_000), textType))).toMatchObject({ status: 413, code: 'body_too_large' });
    const endless = new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(50_000)) }, { highWaterMark: 0 });
    const answer = await ask(service.url, { method: 'POST', body: endless.pipeThrough(limited(40)), headers: textType, duplex: 'half' });
    expect(problem(answer)).toMatchObject({ status: 413, code: 'body_too_large' });
  });
});

/** Ends a stream after so many pieces. */
function limited(pieces: number): TransformStream<Uint8Array, Uint8Array> {
  let count = 0;
  return new TransformStream({
    transform: (piece, controller) => {
      if (count++ < pieces) controller.enqueue(piece);
      else controller.terminate();
    },
  });
}

describe('a form', () => {
  test('with one file is that file', async () => {
    expect(json(await send(form(file('a,b\n1,2\n')), formType), received)).toEqual({ bytes: 8, sha256: sha256('a,b\n1,2\n'), fileName: 'parts.csv' });
  });

  test('as a browser sends it is that file, whatever its name and bytes are', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 5_000 }), fc.stringMatching(/^[\w äöü漢()-]{1,30}\.csv$/), async (bytes, name) => {
        const data = new FormData();
        data.set('anything', new File([new Uint8Array(bytes)], name));
        expect(json(await send(data), received)).toEqual({ bytes: bytes.length, sha256: sha256(bytes), fileName: name });
      }),
      { numRuns: 40 },
    );
  });

  test.each<[string, string, RegExp]>([
    ['without a file', form(), /no file|Unexpected end/],
    ['with a field before the file', form(field('dry_run', 'true'), file('a\n1\n')), /has a field dry_run: send only the file/],
    ['with a field behind the file', form(file('a\n1\n'), field('dry_run', 'true')), /has a field dry_run: send only the file/],
    ['with two files', form(file('a\n1\n'), file('b\n2\n')), /more than one file: send one at a time/],
    ['with three files', form(file(''), file(''), file('b\n2\n')), /more than one file/],
    ['with another boundary than it names', form(file('a\n1\n')).replaceAll('--B', '--C'), /the form is not valid/],
    ['that ends within the file', form(file('a\n1\n')).slice(0, -9), /the form is not valid/],
    ['that ends within a header', '--B\r\nContent-Disposition: form-da', /the form is not valid/],
    ['with nothing in it', '', /the form is not valid/],
    ['that is no form', 'a,b\n1,2\n', /the form is not valid/],
  ])('%s is refused', async (_name, body, detail) => {
    expect(problem(await send(body, formType))).toMatchObject({ status: 400, code: 'invalid_body', detail: expect.stringMatching(detail) as string });
  });

  test.each(['multipart/form-data', 'multipart/form-data; a=b', 'multipart/form-data; boundary='])('that says %s and so names no boundary is refused', async (type) => {
    expect(problem(await send(form(file('a\n1\n')), { 'content-type': type }))).toMatchObject({ status: 400, code: 'invalid_body' });
  });

  test('with a file that is too large is refused', async () => {
    expect(problem(await send(form(file('x'.repeat(maxBytes + 1))), formType))).toMatchObject({ status: 413, code: 'body_too_large' });
  });

  test('of random parts is one file or refused, and the service lives on', async () => {
    const part = fc.oneof(
      fc.string({ maxLength: 40 }).map((content) => file(content)),
      fc.tuple(fc.string({ maxLength: 10 }), fc.string({ maxLength: 40 })).map(([name, value]) => field(name.replaceAll(/["\r\n]/g, ''), value)),
      fc.string({ maxLength: 60 }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(part, { maxLength: 4 }), fc.nat(40), async (parts, cut) => {
        const whole = form(...parts);
        const answer = await send(whole.slice(0, whole.length - cut), formType);
        expect([200, 400]).toContain(answer.status);
      }),
      { numRuns: 80 },
    );
    expect(json(await send(form(file('a\n1\n')), formType), received).bytes).toBe(4);
  });
});

describe('a client that disconnects', () => {
  test.each<[string, string]>([
    ['within a raw file', 'Content-Type: text/csv\r\nContent-Length: 1000\r\n\r\na,b\n1,'],
    ['before the first byte', 'Content-Type: text/csv\r\nContent-Length: 1000\r\n\r\n'],
    ['within a file of pieces', 'Content-Type: text/csv\r\nTransfer-Encoding: chunked\r\n\r\n4\r\na,b\n\r\n'],
    ['within the form\'s file', `Content-Type: multipart/form-data; boundary=B\r\nContent-Length: 1000\r\n\r\n--B\r\n${file('a,b\n1,')}`],
    ['before the form\'s file', 'Content-Type: multipart/form-data; boundary=B\r\nContent-Length: 1000\r\n\r\n--B\r\nContent-Disp'],
    ['behind the form\'s file', `Content-Type: multipart/form-data; boundary=B\r\nContent-Length: 1000\r\n\r\n--B\r\n${file('a,b\n1,2\n')}\r\n--B\r\n`],
  ])('%s ends its upload, and nothing waits for it any more', async (_name, request) => {
    failures.length = 0;
    const socket = connect(service.port, '127.0.0.1');
    socket.on('error', () => {});
    socket.write(`POST / HTTP/1.1\r\nHost: x\r\n${request}`);
    await until('the upload is under way', () => underWay === 1);
    socket.destroy();
    await until('it has ended', () => underWay === 0, 3_000);
    expect(failures).toEqual([expect.stringContaining('the upload broke off')]);
  });
});
