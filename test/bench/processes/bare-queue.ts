import { randomUUID } from 'node:crypto';
import { type AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { Queue } from 'bullmq';
import express from 'express';
import { Redis } from 'ioredis';
import { answerCommands } from './answer-commands.ts';
import { freshPart } from './fresh-part.ts';

// Baseline of one uncached part: put a BullMQ job on a queue, get the reply over pub/sub. No validation, no cache, no batching.
// Asked in this process itself, and over a bare Express route.
const [redisUrl = '', queueName = ''] = process.argv.slice(2);
const redis = new Redis(redisUrl, { maxRetriesPerRequest: null });
const messages = new Redis(redisUrl);
const queue = new Queue(queueName, { connection: redis });
const channel = `${queueName}:replies`;
const waiting = new Map<string, (estimate: unknown) => void>();

await messages.subscribe(channel);
messages.on('message', (_channel, text) => {
  const { id, estimate } = JSON.parse(text) as { id: string; estimate: unknown };
  waiting.get(id)?.(estimate);
  waiting.delete(id);
});

function roundTrip(part: readonly unknown[]): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const jobId = randomUUID();
    waiting.set(jobId, resolve);
    queue.add('estimate', { replyTo: channel, part }, { jobId, removeOnComplete: true }).catch(reject);
  });
}

const app = express().disable('etag').disable('x-powered-by');
app.get('/bare', async (request, response) => {
  response.json(await roundTrip(Object.values(request.query)));
});

/** Round trips one after the other; returns how long each took, in milliseconds. */
async function measure({ count, pauseMs }: { count: number; pauseMs: number }): Promise<number[]> {
  const took: number[] = [];
  for (let n = 0; n < count; n++) {
    const part = freshPart();
    const start = performance.now();
    await roundTrip(part);
    took.push(performance.now() - start);
    await pause(pauseMs);
  }
  return took;
}

const server = app.listen(0, '127.0.0.1', () => answerCommands({ measure }, { port: (server.address() as AddressInfo).port }));
