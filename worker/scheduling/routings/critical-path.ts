import type { DisjunctiveGraph } from './disjunctive-graph.ts';
import type { RandomStream } from '../random-stream.ts';

/** Writes one longest path of the graph to the end of `path`, first operation first, ties broken at random; returns where it begins there. */
export function criticalPath(graph: DisjunctiveGraph, random: RandomStream, path: Int32Array): number {
  const { end, duration, machineBefore, setup, makespan } = graph;
  const { operations, orderBefore, lastOfOrder } = graph.data;
  let o = -1;
  let ties = 0;
  for (let j = 0; j < lastOfOrder.length; j++) {
    const last = lastOfOrder[j] ?? 0;
    if (end[last] === makespan && random.below(++ties) === 0) o = last;
  }
  let at = path.length;
  while (o >= 0 && o < operations) {
    path[--at] = o;
    const start = (end[o] ?? 0) - (duration[o] ?? 0);
    const inOrder = orderBefore[o] ?? 0;
    const onMachine = machineBefore[o] ?? 0;
    const byMachine = onMachine < operations && (end[onMachine] ?? 0) + (setup[o] ?? 0) === start && start > 0;
    const byOrder = inOrder < operations && (end[inOrder] ?? 0) === start && start > 0;
    if (byMachine && byOrder) o = (random.next() & 1) === 0 ? onMachine : inOrder;
    else o = byMachine ? onMachine : byOrder ? inOrder : -1;
  }
  return at;
}
