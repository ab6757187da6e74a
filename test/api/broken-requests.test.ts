import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { answerBrokenRequests } from '../../api/broken-requests.ts';
import { HttpService, parseRaw, sendRaw } from '../support/http-service.ts';
import { problem } from '../support/running-spindle.ts';

let service: HttpService;
beforeAll(async () => {
  service = await HttpService.start((request, response) => {
    if (request.url === '/begin') response.write('begun');
    request.resume().on('end', () => response.end('whole'));
  });
  answerBrokenRequests(service.server);
});
afterAll(() => service.close());

test.each<[string, string, number, string]>([
  ['is no HTTP', 'GARBAGE\r\n\r\n', 400, 'invalid_request'],
  ['has a header without a name', 'GET / HTTP/1.1\r\nHost: x\r\n: y\r\n\r\n', 400, 'invalid_request'],
  ['names two lengths', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab', 400, 'invalid_request'],
  ['names a length and sends in pieces', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n', 400, 'invalid_request'],
  ['breaks its pieces', 'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n\r\n', 400, 'invalid_request'],
  ['has too long a header', `GET / HTTP/1.1\r\nHost: x\r\nX: ${'y'.repeat(20_000)}\r\n\r\n`, 431, 'headers_too_large'],
  ['has too long an address', `GET /${'y'.repeat(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`, 431, 'headers_too_large'],
])('a request that %s gets a problem, and its connection is closed', async (_name, request, status, code) => {
  const answer = parseRaw(await sendRaw(service.port, request));
  expect(problem({ ...answer })).toMatchObject({ status, code });
  expect(answer.headers.get('connection')).toBe('close');
});

test('bytes beyond the length that was named are a broken next request', async () => {
  const answer = await sendRaw(service.port, 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc{"more":1}');
  expect(answer.match(/^HTTP\/1\.1 \d+/gm)?.at(-1)).toBe('HTTP/1.1 400');
});

test('an answer that has begun is cut off rather than continued with a problem', async () => {
  const answer = await sendRaw(service.port, 'POST /begin HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n\r\n');
  expect(answer).not.toContain('problem');
});

test('a client that resets its connection is let go, and the next one is served', async () => {
  const socket = connect(service.port, '127.0.0.1');
  socket.on('error', () => {});
  await new Promise((resolve) => socket.once('connect', resolve));
  socket.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nab');
  socket.resetAndDestroy();
  expect(await sendRaw(service.port, 'GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')).toContain('whole');
});
