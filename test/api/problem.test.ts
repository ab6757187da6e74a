import express from 'express';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { application } from '../../api/application.ts';
import { problemBody } from '../../api/problem.ts';
import { type ErrorCode, SpindleError, errorCodes, isErrorCode } from '../../common/errors.ts';
import { Registry } from 'prom-client';
import { HttpService } from '../support/http-service.ts';
import { ask, problem } from '../support/running-spindle.ts';
import { silentLog } from '../support/test-connections.ts';

/** What the routes below throw, by their path. */
const thrown: Record<string, unknown> = {
  '/error': new Error('secret detail'),
  '/text': 'a text',
  '/undefined': undefined,
  '/redis': new Error('Connection is closed.'),
  '/full': new Error("OOM command not allowed when used memory > 'maxmemory'."),
  '/status': Object.assign(new Error('short'), { status: 400 }),
  '/teapot': Object.assign(new Error('short'), { status: 418, type: 'entity.brewing' }),
  '/uri': new URIError('URI malformed'),
  '/many': new SpindleError('invalid_part', 'wrong', { issues: Array.from({ length: 250 }, (_, part) => ({ part, field: 'x_cm', value: null, message: 'missing' })) }),
};

let service: HttpService;
beforeAll(async () => {
  const routes = express.Router();
  for (const [path, error] of Object.entries(thrown)) {
    routes.all(path, () => {
      throw error;
    });
  }
  for (const code of Object.keys(errorCodes).filter(isErrorCode)) {
    routes.get(`/code/${code}`, () => {
      throw new SpindleError(code, 'why');
    });
  }
  routes.get('/begun', (_request, response) => {
    response.write('half an ans');
    throw new Error('broken');
  });
  service = await HttpService.start(application([routes], 'test', silentLog, new Registry()));
});
afterAll(() => service.close());

const at = async (path: string) => problem(await ask(service.url + path));

test.each(Object.keys(errorCodes) as ErrorCode[])('%s has a status that fits', async (code) => {
  const answer = await ask(`${service.url}/code/${code}`);
  const { status, retryable, title, detail } = problem(answer);
  expect({ status: answer.status, title, detail, retryable }).toEqual({ status, title: errorCodes[code].title, detail: 'why', retryable: errorCodes[code].retryable });
  expect(status).toBeGreaterThanOrEqual(400);
  expect(answer.headers.get('retry-after')).toBe(retryable && status > 500 ? '1' : null);
});

test.each([
  ['/error', 500, 'internal'],
  ['/text', 500, 'internal'],
  ['/redis', 503, 'redis_unavailable'],
  ['/full', 503, 'storage_full'],
  ['/status', 400, 'invalid_body'],
  ['/teapot', 400, 'invalid_body'],
  ['/uri', 400, 'invalid_query'],
  ['/nowhere', 404, 'not_found'],
])('%s becomes %i %s', async (path, status, code) => {
  expect(await at(path)).toMatchObject({ status, code });
});

test('what went wrong inside is told to the log, not to the caller', async () => {
  expect(JSON.stringify(await at('/error'))).not.toContain('secret');
});

test('a hundred issues are listed at most', async () => {
  expect((await at('/many')).errors).toHaveLength(100);
});

test('an answer that has begun is cut off, so that nobody takes it for whole', async () => {
  await expect(ask(`${service.url}/begun`)).rejects.toThrow(/terminated|other side closed/);
});

test('a request keeps its own id where it is plain, and gets one where it is not', async () => {
  const idOf = async (given?: string) => {
    const answer = await ask(`${service.url}/nowhere`, given === undefined ? {} : { headers: { 'x-request-id': given } });
    expect(problem(answer).request_id).toBe(answer.headers.get('x-request-id'));
    return problem(answer).request_id;
  };
  expect(await idOf('order-7:a.b')).toBe('order-7:a.b');
  const made = await Promise.all([idOf(), idOf(), idOf('has spaces'), idOf('x'.repeat(65)), idOf('<script>')]);
  expect(new Set(made).size).toBe(5);
  expect(made.filter((id) => !/^test-\w+$/.test(id))).toEqual([]);
});

test('a problem without issues has no list of them', () => {
  expect(problemBody(new SpindleError('not_found', 'why'), 'r')).not.toHaveProperty('errors');
});
