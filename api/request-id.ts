import type { RequestHandler, Response } from 'express';

/** Gives every request an id: the caller's `X-Request-Id` where it has a plain one, else one of this instance's own. It follows the request's jobs. */
export function requestId(apiId: string): RequestHandler {
  let count = 0;
  return (request, response, next) => {
    const given = request.headers['x-request-id'];
    const id = typeof given === 'string' && /^[\w.:-]{1,64}$/.test(given) ? given : `${apiId}-${(count++).toString(36)}`;
    response.locals.requestId = id;
    response.setHeader('x-request-id', id);
    next();
  };
}

/** The id of the request that this response answers. */
export function requestIdOf(response: Response): string {
  return String(response.locals.requestId ?? '');
}
