import type { Budget } from '../budget.ts';
import type { Workbench } from '../workbench.ts';
import { compareThroughput, startBareRoute } from './throughput.ts';

/** Parts that were never asked before at 256 connections, each computed by a worker, against the bare route that looks a ready answer up. */
export async function distinctParts(bench: Workbench): Promise<Budget[]> {
  const connections = 256;
  const spindle = await bench.startSpindle();
  const example = await fetch(`${spindle.url}/predict?x=30&y=15&z=10&material=steel&complexity=5&process=milling`);
  const { bare, requests: bareRequests } = await startBareRoute(bench, await example.text());
  const measured = await compareThroughput(bench, { spindle, bare, connections, requests: { kind: 'fresh', path: '/predict' }, bareRequests });
  const elsewhere = (await spindle.answered('cache')) + (await spindle.answered('shared'));
  if (elsewhere > 0) throw new Error(`${elsewhere} parts were not computed anew: the row would not measure what it says`);
  await Promise.all([spindle.stop(), bare.stop()]);
  return [{ what: `uncached distinct parts, ${connections} connections`, ...measured, aim: { at: 'least', figure: 0.6 } }];
}
