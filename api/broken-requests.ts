import { randomBytes } from 'node:crypto';
import { STATUS_CODES, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { SpindleError } from '../common/errors.ts';
import { problemBody } from './problem.ts';

/** Answers requests that Node cannot read, which therefore reach no route, with a problem, and closes their connection. */
export function answerBrokenRequests(server: Server): void {
  const latest = new WeakMap<Duplex, ServerResponse>();
  server.on('request', (request, response) => latest.set(request.socket, response));
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    const answer = latest.get(socket);
    const inMidAnswer = answer !== undefined && answer.headersSent && !answer.writableFinished;
    if (!socket.writable || error.code === 'ECONNRESET' || inMidAnswer) socket.destroy();
    else socket.end(answerTo(error));
  });
}

function answerTo(error: NodeJS.ErrnoException): string {
  const problem = problemBody(reason(error), randomBytes(4).toString('hex'));
  const body = JSON.stringify(problem);
  const head = [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status] ?? ''}`,
    'connection: close',
    'content-type: application/problem+json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    `x-request-id: ${problem.request_id}`,
  ];
  return `${head.join('\r\n')}\r\n\r\n${body}`;
}

function reason(error: NodeJS.ErrnoException): SpindleError {
  switch (error.code) {
    case 'HPE_HEADER_OVERFLOW':
      return new SpindleError('headers_too_large', 'the address and headers together are longer than 16 kB; send parts as the JSON body of POST /v1/estimates');
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new SpindleError('request_timeout', 'the request did not arrive in time: send it again');
    default:
      return new SpindleError('invalid_request', `the request is not valid HTTP: ${error.message}`);
  }
}
