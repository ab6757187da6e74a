import { type AddressInfo } from 'node:net';
import express from 'express';
import { Redis } from 'ioredis';
import { answerCommands } from './answer-commands.ts';

// Baseline of GET /predict: a bare Express route that does one Redis GET and answers with the JSON found there.
// It leaves out what the API leaves out as well (etag, x-powered-by), so that no setting stands between the two.
const [redisUrl = ''] = process.argv.slice(2);
const redis = new Redis(redisUrl);
const app = express().disable('etag').disable('x-powered-by');

app.get('/bare/:key', async (request, response) => {
  const text = await redis.get(request.params.key);
  response.json(JSON.parse(text ?? 'null'));
});

const server = app.listen(0, '127.0.0.1', () => answerCommands({}, { port: (server.address() as AddressInfo).port }));
