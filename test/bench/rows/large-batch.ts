import { z } from 'zod';
import type { BenchProcess } from '../bench-process.ts';
import type { Budget } from '../budget.ts';
import { median, rounded } from '../figures.ts';
import { plannedPartsFile } from '../planned-parts-file.ts';
import { peakMemory, processorSeconds } from '../process-figures.ts';
import { ratioOf, takeTurns } from '../taking-turns.ts';
import type { Workbench } from '../workbench.ts';

export const batchTimesSchema = z.object({ id: z.string(), started: z.number(), uploaded: z.number(), firstByte: z.number(), lastByte: z.number(), bytes: z.int(), lines: z.int() });
const throughSchema = z.object({ seconds: z.number(), bytes: z.int() });

type Peaks = Record<'api' | 'worker', number | undefined>;

/**
 * A large CSV from the start of its upload to the last byte of its results against csv-parse piped into csv-stringify;
 * and the memory that API and worker took for it, beside that for a small one.
 */
export async function largeBatch(bench: Workbench): Promise<Budget[]> {
  const { large, small } = bench.effort.rows;
  const [file, smallFile] = [await plannedPartsFile(bench.directory, large, 1), await plannedPartsFile(bench.directory, small, 2)];
  const client = await bench.start('batch-client');
  const before = await runBatch(bench, client, smallFile, small);
  const turns = await takeTurns(
    bench.effort.batches,
    () => runBatch(bench, client, file, large),
    () => parseAndWrite(bench, file),
  );
  await client.stop();

  const { ratio, ratios } = ratioOf(turns, ({ seconds }) => seconds, ({ seconds }) => seconds);
  const seconds = median(turns.subject.map((run) => run.seconds));
  const uploadSeconds = median(turns.subject.map((run) => run.uploadSeconds));
  const thousands = (rows: number): string => (rows < 1_000 ? String(rows) : `${rows / 1_000}k`);
  const peak = (process: keyof Peaks): Budget[] => {
    const few = before.peaks[process];
    const peaks = turns.subject.flatMap((run) => run.peaks[process] ?? []);
    if (few === undefined || peaks.length === 0) return []; // there is no /proc to read it from
    const most = Math.max(...peaks);
    return [
      {
        what: `memory of ${process}, ${thousands(large)} rows`,
        spindle: `peak ${Math.round(most)} MB`,
        baseline: `${thousands(small)} rows: ${Math.round(few)} MB (${(most / few).toFixed(2)} ×)`,
        figure: most,
        unit: 'MB',
        aim: { at: 'most', figure: 400 },
        details: { peaks, growth: rounded(most / few) },
      },
    ];
  };
  return [
    {
      what: `${thousands(large)}-row CSV, upload to last byte of results`,
      spindle: `${seconds.toFixed(1)} s (upload ${uploadSeconds.toFixed(1)} s)${ofCpu(median(turns.subject.map((run) => run.processor.api + run.processor.worker)))}`,
      baseline: `${median(turns.baseline.map((run) => run.seconds)).toFixed(1)} s${ofCpu(median(turns.baseline.map((run) => run.processor)))}`,
      figure: ratio,
      unit: '×',
      aim: { at: 'most', figure: 3 },
      details: { ratios: ratios.map((one) => rounded(one)), large: turns.subject, small: before, csvThrough: turns.baseline },
    },
    ...peak('api'),
    ...peak('worker'),
  ];
}

const ofCpu = (seconds: number): string => (Number.isNaN(seconds) ? '' : `, ${seconds.toFixed(1)} s of CPU`);

/** The baseline, in a process of its own. */
async function parseAndWrite(bench: Workbench, file: string) {
  const through = await bench.start('csv-through');
  const { seconds } = await through.command('through', { file }, throughSchema);
  const figures = { seconds, processor: processorSeconds(through.pid) ?? NaN, peak: peakMemory(through.pid) };
  await through.stop();
  return figures;
}

/** One batch on a Spindle of its own, whose peak memory is therefore that batch's. */
async function runBatch(bench: Workbench, client: BenchProcess, file: string, rows: number) {
  const spindle = await bench.startSpindle();
  const usedBefore = { api: processorSeconds(spindle.api.pid), worker: processorSeconds(spindle.worker.pid) };
  const { started, uploaded, firstByte, lastByte, lines, bytes } = await client.command('batch', { port: spindle.port, file }, batchTimesSchema);
  if (lines !== rows + 1) throw new Error(`${rows} rows were uploaded and ${lines} lines came back`);
  const peaks: Peaks = { api: peakMemory(spindle.api.pid), worker: peakMemory(spindle.worker.pid) };
  const processor = {
    api: (processorSeconds(spindle.api.pid) ?? NaN) - (usedBefore.api ?? NaN),
    worker: (processorSeconds(spindle.worker.pid) ?? NaN) - (usedBefore.worker ?? NaN),
  };
  await spindle.stop();
  await bench.clearRedis();
  return { rows, bytes, seconds: (lastByte - started) / 1_000, uploadSeconds: (uploaded - started) / 1_000, firstByteSeconds: (firstByte - started) / 1_000, peaks, processor };
}
