import { expect, it } from 'vitest';
import { RandomStream } from '../../../../worker/scheduling/random-stream.ts';
import { MachineLine } from '../../../../worker/scheduling/single-operations/machine-line.ts';
import { type ParallelWork, parallelWork } from '../../../../worker/scheduling/single-operations/parallel-work.ts';
import { scheduleOfSequences } from '../../../../worker/scheduling/single-operations/schedule-of-sequences.ts';
import { SegmentMoves } from '../../../../worker/scheduling/single-operations/segment-moves.ts';
import { jobSetups } from './job-setups.ts';

const endFactor = 0.01;

function energyOf(work: ParallelWork, sequence: readonly number[]): number {
  const { objective, makespan } = scheduleOfSequences(work, [Int32Array.from(sequence)]);
  return objective + endFactor * makespan;
}

/** The sequences after each move whose first segment begins at `a`, made without any evaluation. */
function neighbours(sequence: readonly number[], a: number): number[][] {
  const found: number[][] = [];
  const length = sequence.length;
  const exchanged = (b: number, c: number, d: number): number[] => [sequence.slice(0, a), sequence.slice(c, d), sequence.slice(b, c), sequence.slice(a, b), sequence.slice(d)].flat();
  for (let b = a + 1; b < length; b++) {
    for (let d = b + 1; d <= length; d++) if (Math.min(b - a, d - b) <= 13) found.push(exchanged(b, b, d));
  }
  for (let c = a + 2; c < length; c++) found.push(exchanged(a + 1, c, c + 1));
  return found;
}

it('finds the best of all moves from a place, and tells what it changes', () => {
  let tried = 0;
  for (let seed = 1; seed <= 20; seed++) {
    const jobs = 2 + seed;
    const work = parallelWork(jobSetups(jobs, seed));
    const random = new RandomStream(seed);
    const line = new MachineLine(work, Int32Array.from({ length: jobs }, (_, job) => job));
    const moves = new SegmentMoves(line);
    moves.endFactor = endFactor;
    for (let i = 0; i < 10; i++) {
      const sequence = [...line.sequence()];
      const before = energyOf(work, sequence);
      expect(line.cost + endFactor * line.endBefore(jobs)).toBeCloseTo(before, 6);
      const place = random.below(jobs - 1);
      moves.begin(Infinity);
      moves.tryFrom(place);
      const changes = neighbours(sequence, place).map((each) => energyOf(work, each) - before);
      expect(moves.tried).toBe(changes.length);
      expect(moves.least).toBeCloseTo(Math.min(...changes), 6);
      line.exchange(moves.from, moves.to, moves.otherFrom, moves.otherTo);
      expect(energyOf(work, [...line.sequence()]) - before).toBeCloseTo(moves.least, 6);
      tried += changes.length;
    }
  }
  expect(tried).toBeGreaterThan(5_000);
});

it('finds no move where none is better than what is asked for', () => {
  const moves = new SegmentMoves(new MachineLine(parallelWork(jobSetups(12, 1)), Int32Array.from({ length: 12 }, (_, job) => job)));
  moves.begin(-1e12);
  moves.tryFrom(0);
  expect(moves.found).toBe(false);
});
