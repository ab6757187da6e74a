import { setTimeout as pause } from 'node:timers/promises';
import type { RequestHandler } from 'express';
import { noOptions, readOptions } from './query-options.ts';

/** How often to look for progress, and how often to show a sign of life, in milliseconds. */
const lookMs = 250;
const signOfLifeMs = 15_000;

/** What a follower of some work is told now, and whether the work has ended. */
export interface Moment {
  data: unknown;
  ended: boolean;
}

/**
 * Server-sent events about the work with the id in the address: `progress` whenever `look` finds something new, then one `end`.
 * What `look` throws at first is the answer. Where the API stops first, the stream just closes, and an EventSource asks the next one.
 */
export function eventStream(look: (id: string) => Promise<Moment>, stopping: AbortSignal): RequestHandler<{ id: string }> {
  return async (request, response) => {
    readOptions(request.query, noOptions);
    const { id } = request.params;
    let moment = await look(id);
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache', 'x-accel-buffering': 'no' });
    let shown = '';
    let quietSince = Date.now();
    while (!response.destroyed && !stopping.aborted) {
      const data = JSON.stringify(moment.data);
      if (moment.ended) {
        response.write(`event: end\ndata: ${data}\n\n`);
        break;
      }
      if (data !== shown) {
        response.write(`event: progress\ndata: ${data}\n\n`);
        shown = data;
        quietSince = Date.now();
      } else if (Date.now() - quietSince > signOfLifeMs) {
        response.write(': waiting\n\n');
        quietSince = Date.now();
      }
      await pause(lookMs);
      moment = await look(id);
    }
    response.end();
  };
}
