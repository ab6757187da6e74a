import express, { type Express, type RequestHandler } from 'express';
import { Histogram, type Registry } from 'prom-client';
import type { Log } from '../common/log.ts';
import { notFound, problemHandler } from './problem.ts';
import { requestId, requestIdOf } from './request-id.ts';

/** The HTTP application: the given routes between what every request gets and what errors become. */
export function application(routes: readonly RequestHandler[], apiId: string, log: Log, metrics: Registry): Express {
  const app = express();
  app.disable('x-powered-by');
  // Answers differ from call to call; hashing each one to find that out costs more than it saves.
  app.disable('etag');
  // Nested and repeated parameters have no meaning here: texts, or lists of texts, are all there is.
  app.set('query parser', 'simple');
  app.use(requestId(apiId), observe(log, metrics));
  for (const route of routes) app.use(route);
  app.use(notFound, problemHandler(log));
  return app;
}

/** Times every answer and logs it: at debug level where it is an ordinary one, since thousands come by in a second. */
function observe(log: Log, metrics: Registry): RequestHandler {
  const duration = new Histogram({
    name: 'spindle_http_request_duration_seconds',
    help: 'Time from a request to the end of its answer',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10],
    registers: [metrics],
  });
  const debug = log.isLevelEnabled('debug');
  return (request, response, next) => {
    const start = performance.now();
    response.once('finish', () => {
      const seconds = (performance.now() - start) / 1_000;
      // The pattern, not the path: ids would make a series of each batch.
      const { route: matched } = request as { route?: { path: string } };
      const route = matched?.path ?? 'none';
      duration.observe({ method: request.method, route, status: response.statusCode }, seconds);
      if (debug) log.debug({ request: requestIdOf(response), method: request.method, path: request.path, status: response.statusCode, ms: Math.round(seconds * 1e4) / 10 }, 'request');
    });
    next();
  };
}
