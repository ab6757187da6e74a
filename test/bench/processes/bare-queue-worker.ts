import { type Job, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { answerCommands } from './answer-commands.ts';

// The worker behind bare-queue.ts: replies with a constant of an estimate's shape.
const [redisUrl = '', queueName = ''] = process.argv.slice(2);
const redis = new Redis(redisUrl, { maxRetriesPerRequest: null });
const estimate = [123.4, 119.9, 126.9, []];

const worker = new Worker(
  queueName,
  async (job: Job<{ replyTo: string }>) => {
    await redis.publish(job.data.replyTo, JSON.stringify({ id: job.id, estimate }));
  },
  { connection: redis },
);
await worker.waitUntilReady();
answerCommands({});
