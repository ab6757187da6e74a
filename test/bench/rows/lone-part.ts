import { z } from 'zod';
import type { Budget } from '../budget.ts';
import { quantile, rounded } from '../figures.ts';
import { ratioOf, takeTurns } from '../taking-turns.ts';
import type { Workbench } from '../workbench.ts';

/** Rest between two requests, in milliseconds: worker and queue have come to rest by then. */
const pauseMs = 5;

/**
 * One uncached part at a time on an idle system against a bare BullMQ round trip with a reply over pub/sub.
 * The baseline is asked within its own process, without HTTP; with a bare Express route in front of it, it is shown beside.
 */
export async function lonePart(bench: Workbench): Promise<Budget[]> {
  const { loneRounds, loneRequests } = bench.effort;
  const spindle = await bench.startSpindle();
  const queue = [bench.redis.url, bench.redis.freshPrefix()];
  const [bareWorker, bare] = await Promise.all([bench.start('bare-queue-worker', ...queue), bench.start('bare-queue', ...queue)]);
  const overHttp = async (port: number, path: string): Promise<number[]> => {
    const until = { milliseconds: 60_000, requests: loneRequests };
    return (await bench.generator.load({ port, connections: 1, until, requests: { kind: 'fresh', path }, pauseMs })).took;
  };
  const subject = (): Promise<number[]> => overHttp(spindle.port, '/predict');
  const baseline = async (): Promise<{ alone: number[]; behindHttp: number[] }> => ({
    alone: await bare.command('measure', { count: loneRequests, pauseMs }, z.array(z.number())),
    behindHttp: await overHttp(bare.port, '/bare'),
  });
  await subject(); // both get to know their hot paths
  await baseline();
  const turns = await takeTurns(loneRounds, subject, baseline);
  const [ours, alone, behindHttp] = [turns.subject.flat(), turns.baseline.flatMap((turn) => turn.alone), turns.baseline.flatMap((turn) => turn.behindHttp)];
  await Promise.all([spindle.stop(), bare.stop(), bareWorker.stop()]);
  const quantiles = (took: number[]): Record<string, number> => Object.fromEntries([0.1, 0.5, 0.9, 0.99].map((share) => [`p${share * 100}`, rounded(quantile(took, share))]));
  const p50 = (took: number[]): number => quantile(took, 0.5);
  const toAlone = ratioOf(turns, p50, (turn) => p50(turn.alone));
  const toBehindHttp = ratioOf(turns, p50, (turn) => p50(turn.behindHttp));
  return [
    {
      what: 'one uncached part, idle system, p50',
      spindle: `${p50(ours).toFixed(2)} ms`,
      baseline: `${p50(alone).toFixed(2)} ms; behind HTTP ${p50(behindHttp).toFixed(2)} ms (${toBehindHttp.ratio.toFixed(2)} ×)`,
      figure: toAlone.ratio,
      unit: '×',
      aim: { at: 'most', figure: 1.5 },
      details: { ratios: toAlone.ratios.map((one) => rounded(one)), ratiosToBehindHttp: toBehindHttp.ratios.map((one) => rounded(one)), spindle: quantiles(ours), alone: quantiles(alone), behindHttp: quantiles(behindHttp) },
    },
  ];
}
