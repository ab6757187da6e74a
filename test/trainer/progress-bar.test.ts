import { describe, expect, it } from 'vitest';
import { ProgressBar } from '../../trainer/progress-bar.ts';
import { overallProgress, trainingStages } from '../../trainer/training-progress.ts';

function drawn(isTTY: boolean): string[] {
  const written: string[] = [];
  const bar = new ProgressBar({ isTTY, write: (text) => written.push(text) });
  bar.update({ stage: 'reading', fraction: 0 });
  bar.update({ stage: 'reading', fraction: 1 });
  bar.update({ stage: 'publishing', fraction: 1 });
  bar.end();
  return written;
}

describe('ProgressBar', () => {
  it('draws over itself on a terminal, from empty to full, and takes itself away', () => {
    const written = drawn(true);
    expect(written[0]).toBe(`\r\u001B[K${'░'.repeat(24)} reading`);
    expect(written[2]).toBe(`\r\u001B[K${'█'.repeat(24)} publishing`);
    expect(written.at(-1)).toBe('\r\u001B[K');
  });

  it('writes one line a stage elsewhere', () => {
    expect(drawn(false)).toEqual(['reading …\n', 'publishing …\n']);
  });
});

describe('overallProgress', () => {
  it('grows from stage to stage, from 0 to 1', () => {
    const shares = trainingStages.flatMap((stage) => [0, 0.5, 1].map((fraction) => overallProgress({ stage, fraction })));
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    expect([shares[0], shares.at(-1)]).toEqual([0, 1]);
  });
});
