import { type RequestHandler, json } from 'express';
import { SpindleError } from '../common/errors.ts';

const jsonType = /^application\/(?:[\w.+-]*\+)?json\s*(?:;|$)/i;

/** Reads a JSON body of up to `limit`, such as `1mb`, into `request.body`. Anything not declared as JSON is `unsupported_media_type`. */
export function jsonBody(limit: string): RequestHandler {
  const read = json({ limit, strict: true, type: () => true });
  return (request, response, next) => {
    const type = request.headers['content-type'] ?? '';
    if (jsonType.test(type)) return read(request, response, next);
    throw new SpindleError('unsupported_media_type', `send the body as application/json, not ${type === '' ? 'without a content type' : type.slice(0, 80)}`);
  };
}

/** The same where a request may come without a body: it then stands for `{}`. */
export function optionalJsonBody(limit: string): RequestHandler {
  const read = jsonBody(limit);
  return (request, response, next) => {
    const { 'content-length': length = '0', 'transfer-encoding': encoding } = request.headers;
    const hasBody = length !== '0' || encoding !== undefined;
    if (!hasBody) request.body = {};
    return hasBody ? read(request, response, next) : next();
  };
}
