import { chunkRows } from '../../../api/upload/batch-intake.ts';
import type { BenchProcess } from '../bench-process.ts';
import type { Budget } from '../budget.ts';
import { rounded } from '../figures.ts';
import { finishedBatch } from '../finished-batch.ts';
import { plannedPartsFile } from '../planned-parts-file.ts';
import type { Spindle } from '../spindle.ts';
import type { Workbench } from '../workbench.ts';
import { batchTimesSchema } from './large-batch.ts';

/** How long every estimate job waits, in milliseconds. */
const costMs = 50;
const manyWorkers = 3;
/** Parts of a request: one whole job. */
const partsOfRequest = 256;
/** Enough requests under way that no worker ever waits for one. */
const connections = 4 * manyWorkers;

/** Work that waits, on one worker and on three: chunks of a batch, and lists of parts that make one job each. */
export async function moreWorkers(bench: Workbench): Promise<Budget[]> {
  const { waitingChunks, waitingMs } = bench.effort;
  const rows = waitingChunks * chunkRows;
  const client = await bench.start('batch-client');
  const measure = async (spindle: Spindle, file: string) => ({ chunksPerSecond: waitingChunks / (await batchSeconds(client, spindle, file)), partsPerSecond: await partsPerSecond(bench, spindle, waitingMs) });

  const spindle = await bench.startSpindle({ environment: { WORKER_SIMULATED_COST_MS: String(costMs), WORKER_CONCURRENCY: '1' } });
  await batchSeconds(client, spindle, await plannedPartsFile(bench.directory, 5_000, 4)); // gets to know its hot path
  const one = await measure(spindle, await plannedPartsFile(bench.directory, rows, 5));
  await spindle.addWorkers(manyWorkers - 1);
  const many = await measure(spindle, await plannedPartsFile(bench.directory, rows, 6));
  await Promise.all([spindle.stop(), client.stop()]);
  await bench.clearRedis();

  const budget = (what: string, unit: string, figure: keyof typeof one): Budget => ({
    what: `${manyWorkers} workers on ${what} that wait ${costMs} ms`,
    spindle: `${rounded(many[figure])} ${unit}/s`,
    baseline: `1 worker: ${rounded(one[figure])} ${unit}/s`,
    figure: many[figure] / one[figure],
    unit: '×',
    aim: { at: 'least', figure: 0.95 * manyWorkers },
    details: { one: one[figure], many: many[figure] },
  });
  return [budget('chunks', 'chunks', 'chunksPerSecond'), budget(`jobs of ${partsOfRequest} parts`, 'parts', 'partsPerSecond')];
}

/** Seconds from a batch's being queued to its end, by the clocks of API and worker, which are one. */
async function batchSeconds(client: BenchProcess, spindle: Spindle, file: string): Promise<number> {
  const { id } = await client.command('batch', { port: spindle.port, file }, batchTimesSchema);
  const { created, finished } = await finishedBatch(spindle, id);
  return (finished - created) / 1_000;
}

async function partsPerSecond(bench: Workbench, spindle: Spindle, milliseconds: number): Promise<number> {
  const { took, seconds } = await bench.generator.load({ port: spindle.port, connections, until: { milliseconds }, requests: { kind: 'fresh lists', parts: partsOfRequest } });
  return (took.length * partsOfRequest) / seconds;
}
