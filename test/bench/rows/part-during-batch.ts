import type { Budget } from '../budget.ts';
import { quantile, rounded } from '../figures.ts';
import { finishedBatch } from '../finished-batch.ts';
import type { Load } from '../load-generator.ts';
import { plannedPartsFile } from '../planned-parts-file.ts';
import type { LoadCommand } from '../processes/http-load.ts';
import type { Workbench } from '../workbench.ts';
import { batchTimesSchema } from './large-batch.ts';

/** Rest between two requests, in milliseconds. */
const pauseMs = 5;

/** One uncached part at a time while a large batch is uploaded, estimated and downloaded, against the same on the idle system just before. */
export async function partDuringBatch(bench: Workbench): Promise<Budget[]> {
  const file = await plannedPartsFile(bench.directory, bench.effort.rows.large, 3);
  const spindle = await bench.startSpindle();
  const client = await bench.start('batch-client');
  const oneByOne = (until: LoadCommand['until']): Promise<Load> =>
    bench.generator.load({ port: spindle.port, connections: 1, until, requests: { kind: 'fresh', path: '/predict' }, pauseMs });

  await oneByOne({ milliseconds: 30_000, requests: 300 }); // gets to know its hot path
  const idle = await oneByOne({ milliseconds: 30_000, requests: bench.effort.loneRounds * bench.effort.loneRequests });
  const probing = oneByOne({ milliseconds: 170_000 });
  const times = await client.command('batch', { port: spindle.port, file }, batchTimesSchema);
  await bench.generator.endLoads();
  const probes = await probing;
  const { finished } = await finishedBatch(spindle, times.id);
  await Promise.all([spindle.stop(), client.stop()]);
  await bench.clearRedis();

  const between = (from: number, to: number): number[] => probes.took.filter((_, index) => (probes.at[index] ?? 0) >= from && (probes.at[index] ?? 0) < to);
  const phases = { upload: between(times.started, times.uploaded), estimation: between(times.uploaded, finished), 'rest of the download': between(finished, times.lastByte) };
  const figures = (took: number[]) => ({ parts: took.length, p50: rounded(quantile(took, 0.5)), p99: rounded(quantile(took, 0.99)), max: rounded(Math.max(0, ...took)) });
  const words = (took: number[]): string => `p50 ${rounded(quantile(took, 0.5))} ms, p99 ${rounded(quantile(took, 0.99))} ms`;
  const details = { idle: figures(idle.took), ...Object.fromEntries(Object.entries(phases).map(([name, took]) => [name, figures(took)])) };
  return (['upload', 'estimation'] as const).map((phase) => ({
    what: `one part during a batch's ${phase}, p99`,
    spindle: `${words(phases[phase])} of ${phases[phase].length}`,
    baseline: `idle: ${words(idle.took)}`,
    figure: quantile(phases[phase], 0.99),
    unit: 'ms',
    aim: { at: 'most', figure: 50 },
    details,
  }));
}
