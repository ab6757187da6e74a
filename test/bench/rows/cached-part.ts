import type { Budget } from '../budget.ts';
import type { Workbench } from '../workbench.ts';
import { compareThroughput, keys, startBareRoute } from './throughput.ts';

/** Cached parts at 32 connections against a bare Express route that does one Redis GET. */
export async function cachedPart(bench: Workbench): Promise<Budget[]> {
  const connections = 32;
  const spindle = await bench.startSpindle();
  const paths = Array.from({ length: keys }, (_, n) => `/predict?x=${10 + n / 100}&y=${5 + (n % 250) / 10}&z=${2 + (n % 13)}&material=steel&complexity=${1 + (n % 9)}&process=milling`);
  const { bare, requests: bareRequests } = await startBareRoute(bench, await (await fetch(`${spindle.url}${paths[0]}`)).text());
  // Asked once each, they are in the cache.
  await bench.generator.load({ port: spindle.port, connections, until: { milliseconds: 30_000, requests: 2 * keys }, requests: { kind: 'paths', paths } });
  const computed = await spindle.answered('worker');
  const measured = await compareThroughput(bench, { spindle, bare, connections, requests: { kind: 'paths', paths }, bareRequests });
  if ((await spindle.answered('worker')) > computed) throw new Error('cached parts were computed again: the row would not measure what it says');
  await Promise.all([spindle.stop(), bare.stop()]);
  return [{ what: `cached GET /predict, ${connections} connections`, ...measured, aim: { at: 'least', figure: 0.85 } }];
}
