import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ProgressBar } from '../../trainer/progress-bar.ts';
import { overallProgress, trainingStages } from '../../trainer/training-progress.ts';

/** What a bar writes between these two marks. */
const cleared = '\r\u001B[K';

describe('ProgressBar', () => {
  let written: string[];
  let milliseconds: number;
  const bar = (isTTY: boolean, columns = 200): ProgressBar => new ProgressBar({ isTTY, columns, write: (text) => written.push(text) }, () => milliseconds);
  beforeEach(() => {
    written = [];
    milliseconds = 5_000;
    vi.useFakeTimers();
  });
  afterEach(() => void vi.useRealTimers());

  it('draws over itself on a terminal, from empty to full, with stage, family and the time since the start, and takes itself away', () => {
    const drawn = bar(true);
    drawn.update({ stage: 'reading', fraction: 0 });
    milliseconds += 61_900;
    drawn.update({ stage: 'choosing', fraction: 0.5, detail: 'Gaussian process' });
    drawn.update({ stage: 'publishing', fraction: 1 });
    drawn.end();
    expect(written).toEqual([
      `${cleared}${'░'.repeat(24)}   0 % 0:00 reading`,
      `${cleared}${'█'.repeat(12)}${'░'.repeat(12)}  48 % 1:01 choosing: Gaussian process`,
      `${cleared}${'█'.repeat(24)} 100 % 1:01 publishing`,
      cleared,
    ]);
  });

  it('shows the seconds go by while nothing else is new, until it ends', () => {
    const drawn = bar(true);
    drawn.update({ stage: 'reading', fraction: 0 });
    milliseconds += 1_000;
    vi.advanceTimersByTime(1_000);
    expect(written.at(-1)).toContain('0:01 reading');
    drawn.end();
    const before = written.length;
    vi.advanceTimersByTime(5_000);
    expect(written).toHaveLength(before);
  });

  it('keeps to one line of a narrow terminal', () => {
    bar(true, 30).update({ stage: 'choosing', fraction: 0, detail: 'selected terms, log target' });
    expect(written[0]?.slice(cleared.length)).toHaveLength(29);
    bar(true, 0).update({ stage: 'choosing', fraction: 0, detail: 'selected terms, log target' });
    expect(written[1]).toContain('selected terms, log target'); // it does not know its width
  });

  it('writes one line for each thing done elsewhere', () => {
    const drawn = bar(false);
    for (const fraction of [0, 0.5, 1]) drawn.update({ stage: 'reading', fraction });
    for (const fraction of [0, 0.3]) drawn.update({ stage: 'choosing', fraction, detail: 'ridge' });
    drawn.update({ stage: 'choosing', fraction: 0.5, detail: 'boosted trees' });
    drawn.end();
    expect(written).toEqual(['reading …\n', 'choosing: ridge …\n', 'choosing: boosted trees …\n']);
  });
});

describe('overallProgress', () => {
  it('grows from stage to stage, from 0 to 1', () => {
    const shares = trainingStages.flatMap((stage) => [0, 0.5, 1].map((fraction) => overallProgress({ stage, fraction })));
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    expect(shares[0]).toBe(0);
    expect(shares.at(-1)).toBeCloseTo(1, 12);
  });

  it('gives each stage the share of its time: choosing takes nearly all', () => {
    expect(overallProgress({ stage: 'choosing', fraction: 0 })).toBeLessThan(0.05);
    expect(overallProgress({ stage: 'choosing', fraction: 1 })).toBeGreaterThan(0.9);
  });
});
