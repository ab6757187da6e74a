import { appendFile, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { type ModelChange, readHistory } from '../../common/model/model-history.ts';
import { recordChange } from '../../trainer/model-history.ts';
import { temporaryDirectory } from '../support/leftovers.ts';

let directory: string;
beforeEach(async () => void (directory = await temporaryDirectory()));

const change = (second: number, reason = 'a test'): ModelChange => ({ at: new Date(Date.UTC(2026, 10, 22, 0, 0, second)).toISOString(), version: '20261122T000000Z-aaaaaa', before: null, by: 'switch', reason, request_id: null });
const path = () => join(directory, 'history.jsonl');

describe('the history of the current version', () => {
  it('is empty before the first change, and then lists the newest first', async () => {
    expect(await readHistory(directory, 20)).toEqual([]);
    for (const second of [1, 2, 3]) await recordChange(directory, change(second));
    expect(await readHistory(directory, 2)).toEqual([change(3), change(2)]);
  });

  it('passes over a line that a power cut has torn, and writes on below it', async () => {
    await recordChange(directory, change(1));
    await appendFile(path(), '{"at":"2026-');
    await recordChange(directory, change(2));
    expect(await readHistory(directory, 20)).toEqual([change(2), change(1)]);
  });

  it('keeps a megabyte: the older half goes, and nothing else lies about', async () => {
    const line = `${JSON.stringify(change(1, 'x'.repeat(900)))}\n`;
    await writeFile(path(), line.repeat(Math.floor(1_048_576 / line.length)));
    await recordChange(directory, change(2, 'y'.repeat(5_000)));
    const text = await readFile(path(), 'utf8');
    expect(text.length).toBeLessThan(600_000);
    expect(text.length).toBeGreaterThan(500_000);
    expect(await readHistory(directory, 20)).toHaveLength(20);
    expect((await readHistory(directory, 1))[0]?.reason).toBe('y'.repeat(1_000));
    expect(await readdir(directory)).toEqual(['history.jsonl']);
  });
});
