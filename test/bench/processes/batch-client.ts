import { createReadStream, statSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { answerCommands } from './answer-commands.ts';

/** When the steps of a batch were done, in milliseconds of `Date.now()`. */
export interface BatchTimes {
  id: string;
  started: number;
  uploaded: number;
  firstByte: number;
  lastByte: number;
  bytes: number;
  /** Lines of results, the header included. */
  lines: number;
}

/** Uploads a CSV file and reads its results as they are done, to the last byte, without keeping any. */
async function batch({ port, file }: { port: number; file: string }): Promise<BatchTimes> {
  const started = Date.now();
  const id = await upload(port, file);
  const uploaded = Date.now();
  const results = await answer(request({ host: '127.0.0.1', port, path: `/v1/batches/${id}/estimates.csv?wait=true` }).end());
  if (results.statusCode !== 200) throw new Error(`results were answered with ${results.statusCode}: ${await text(results)}`);
  let [firstByte, bytes, lines] = [0, 0, 0];
  for await (const piece of results as AsyncIterable<Buffer>) {
    firstByte ||= Date.now();
    bytes += piece.length;
    for (let at = piece.indexOf(10); at >= 0; at = piece.indexOf(10, at + 1)) lines++;
  }
  if (!results.complete) throw new Error('the results broke off');
  return { id, started, uploaded, firstByte, lastByte: Date.now(), bytes, lines };
}

/** Uploads a CSV file; returns the batch's id. */
async function upload(port: number, file: string): Promise<string> {
  const headers = { 'content-type': 'text/csv', 'content-length': statSync(file).size };
  const sending = request({ host: '127.0.0.1', port, path: '/v1/batches', method: 'POST', headers });
  const [response] = await Promise.all([answer(sending), pipeline(createReadStream(file), sending)]);
  const body = await text(response);
  if (response.statusCode !== 202) throw new Error(`the upload was answered with ${response.statusCode}: ${body.slice(0, 500)}`);
  return (JSON.parse(body) as { id: string }).id;
}

function answer(sent: ReturnType<typeof request>): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => sent.once('response', resolve).once('error', reject));
}

async function text(response: IncomingMessage): Promise<string> {
  response.setEncoding('utf8');
  let whole = '';
  for await (const piece of response as AsyncIterable<string>) whole += piece;
  return whole;
}

answerCommands({ batch, upload: async ({ port, file }: { port: number; file: string }) => upload(port, file) });
