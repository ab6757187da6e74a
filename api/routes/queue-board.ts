import { createHash, timingSafeEqual } from 'node:crypto';
import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { ExpressAdapter } from '@bull-board/express';
import { type RequestHandler, Router } from 'express';
import type { Redis } from 'ioredis';
import { SpindleError } from '../../common/errors.ts';
import type { JobQueues } from '../job-queues.ts';

const path = '/admin/queues';

/** `/admin/queues`: bull-board, read only, for user admin with the configured password; off without one. */
export function queueBoardRoutes(queues: JobQueues, redis: Redis, password: string | undefined): Router {
  const router = Router();
  if (password === undefined) {
    return router.use(path, () => {
      throw new SpindleError('not_found', 'the board is off: set ADMIN_PASSWORD and restart the API to see it');
    });
  }
  const adapter = new ExpressAdapter();
  adapter.setBasePath(path);
  // Made at the first visit: the board opens queues, which need Redis.
  let board: RequestHandler | undefined;
  return router.use(path, requirePassword(password), async (request, response, next) => {
    await redis.ping(); // the board itself waits long for a queue that is away, and then says little
    if (!board) {
      createBullBoard({ queues: queues.all.map((queue) => new BullMQAdapter(queue, { readOnlyMode: true })), serverAdapter: adapter });
      board = adapter.getRouter() as RequestHandler;
    }
    board(request, response, next);
  });
}

function requirePassword(password: string): RequestHandler {
  const expected = digest(`admin:${password}`);
  return (request, response, next) => {
    const [scheme, credentials] = (request.get('authorization') ?? '').split(' ');
    const given = scheme?.toLowerCase() === 'basic' ? Buffer.from(credentials ?? '', 'base64').toString('utf8') : '';
    if (timingSafeEqual(digest(given), expected)) return next();
    response.status(401).set('www-authenticate', 'Basic realm="Spindle queues", charset="UTF-8"').type('text/plain').send('user admin and the configured ADMIN_PASSWORD\n');
  };
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
