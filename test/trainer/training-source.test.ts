import { expect, test } from 'vitest';
import { demonstrationSource, interruptible } from '../../trainer/training-source.ts';

async function linesOf(source: ReturnType<typeof demonstrationSource>, onPiece = (): void => {}): Promise<number> {
  let lines = 0;
  for await (const records of source.read()) {
    lines += records.length;
    onPiece();
  }
  return lines;
}

test('an interruptible source is the same source until its signal is aborted, then throws the reason at the next piece', async () => {
  const stopping = new AbortController();
  const source = demonstrationSource(5_000, 1);
  const same = interruptible(source, stopping.signal);
  expect([same.name, same.sha256()]).toEqual([source.name, source.sha256()]);
  expect(await linesOf(same)).toBe(5_001);
  let pieces = 0;
  const reason = new Error('enough');
  await expect(linesOf(same, () => void (++pieces === 2 && stopping.abort(reason)))).rejects.toBe(reason);
  expect(pieces).toBe(2);
});
