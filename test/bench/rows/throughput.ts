import type { BenchProcess } from '../bench-process.ts';
import type { Budget } from '../budget.ts';
import { median, quantile, rounded } from '../figures.ts';
import type { Requests } from '../processes/http-load.ts';
import { processorSeconds } from '../process-figures.ts';
import type { Spindle } from '../spindle.ts';
import { ratioOf, takeTurns } from '../taking-turns.ts';
import type { Workbench } from '../workbench.ts';

/** Keys of the bare route: as many as there are cached parts. */
export const keys = 1_000;

interface Turn {
  perSecond: number;
  p50: number;
  p99: number;
  /** Processor time a request, in microseconds, by process. */
  processor: Record<string, number>;
}

/** Starts the bare Express route over as many keys as there are cached parts, each holding an answer of the API. */
export async function startBareRoute(bench: Workbench, answer: string): Promise<{ bare: BenchProcess; requests: Requests }> {
  const names = Array.from({ length: keys }, (_, n) => `bare-${n}`);
  const redis = bench.redis.connect();
  await redis.mset(Object.fromEntries(names.map((name) => [name, answer])));
  redis.disconnect();
  const bare = await bench.start('bare-route', bench.redis.url);
  return { bare, requests: { kind: 'paths', paths: names.map((name) => `/bare/${name}`) } };
}

/** Loads the API and the bare route in turns. */
export async function compareThroughput(
  bench: Workbench,
  { spindle, bare, connections, requests, bareRequests }: { spindle: Spindle; bare: BenchProcess; connections: number; requests: Requests; bareRequests: Requests },
): Promise<Pick<Budget, 'spindle' | 'baseline' | 'figure' | 'unit' | 'details'>> {
  const { rounds, turnMs } = bench.effort;
  const turn = async (port: number, sent: Requests, processes: Record<string, number>): Promise<Turn> => {
    const used = (): Record<string, number> => Object.fromEntries(Object.entries(processes).map(([name, pid]) => [name, processorSeconds(pid) ?? NaN]));
    const before = used();
    const { seconds, took } = await bench.generator.load({ port, connections, until: { milliseconds: turnMs }, requests: sent });
    const after = used();
    const processor = Object.fromEntries(Object.keys(processes).map((name) => [name, rounded((((after[name] ?? NaN) - (before[name] ?? NaN)) * 1e6) / took.length)]));
    return { perSecond: rounded(took.length / seconds, 4), p50: quantile(took, 0.5), p99: quantile(took, 0.99), processor };
  };
  const subject = (): Promise<Turn> => turn(spindle.port, requests, { api: spindle.api.pid, worker: spindle.worker.pid, generator: bench.generator.pid });
  const baseline = (): Promise<Turn> => turn(bare.port, bareRequests, { bare: bare.pid, generator: bench.generator.pid });

  await subject(); // both get to know their hot paths
  await baseline();
  const turns = await takeTurns(rounds, subject, baseline);
  const { ratio, ratios } = ratioOf(turns, (one) => one.perSecond, (one) => one.perSecond);
  const side = (of: Turn[], server: string): string => {
    const microseconds = median(of.map((one) => one.processor[server] ?? NaN));
    const processor = Number.isNaN(microseconds) ? '' : `, ${Math.round(microseconds)} µs of CPU`;
    return `${Math.round(median(of.map((one) => one.perSecond)))}/s, p99 ${rounded(median(of.map((one) => one.p99)))} ms${processor}`;
  };
  return {
    spindle: side(turns.subject, 'api'),
    baseline: side(turns.baseline, 'bare'),
    figure: ratio,
    unit: '×',
    details: { ratios: ratios.map((one) => rounded(one)), ...turns },
  };
}
