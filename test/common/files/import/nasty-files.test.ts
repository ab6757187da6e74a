import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { maxStoredBytes, nastyFiles } from '../../../fixtures/nasty-files.ts';
import { importFile } from '../../../support/import-file.ts';

describe('a planner\'s file', () => {
  it('comes in more than forty kinds', () => {
    expect(nastyFiles.length).toBeGreaterThan(40);
    expect(new Set(nastyFiles.map(({ name }) => name)).size).toBe(nastyFiles.length);
  });

  it.each(nastyFiles.flatMap((file) => (file.error ? [[file.name, file, file.error] as const] : [])))('%s is refused with what to do', async (_name, { bytes, options = {} }, { code, says }) => {
    await expect(importFile(await bytes(), { options })).rejects.toMatchObject({ code, message: expect.stringMatching(says) as string });
  });

  it.each(nastyFiles.filter(({ error }) => !error).map((file) => [file.name, file] as const))('%s is understood as it is meant', async (_name, file) => {
    const { parts, rejected, blank, totals, report } = await importFile(await file.bytes(), { options: file.options ?? {} });
    expect(rejected.map(({ line }) => line)).toEqual((file.rejected ?? []).map(([line]) => line));
    for (const [index, [, says]] of (file.rejected ?? []).entries()) {
      const issues = rejected[index]?.issues ?? [];
      expect(issues.map(({ message, fix }) => `${message}; ${fix ?? ''}`).join(' ')).toMatch(says);
    }
    expect(parts).toMatchObject(file.parts ?? parts);
    expect({ blank, totals }).toEqual({ blank: file.blank ?? 0, totals: file.totals ?? 0 });
    expect(report).toMatchObject(file.report ?? {});
  });

  it('with the header again on each of thousands of pages names the first hundred of them and counts all', async () => {
    const page = 'x_cm,y_cm,z_cm,material,process,complexity\n30,20,5,steel,milling,4\n';
    const { parts, totals, report } = await importFile(Buffer.from(page.repeat(3_000)), {});
    expect([parts.length, totals, report.totals.length, report.totals.at(-1)?.line]).toEqual([3_000, 2_999, 100, 201]);
  });

  it('that is text lies among the fixtures as it is made', async () => {
    for (const { name, bytes } of nastyFiles.filter((file) => !file.name.endsWith('.xlsx'))) {
      const made = Buffer.from(await bytes());
      if (made.length > maxStoredBytes) continue;
      expect(await readFile(new URL(`../../../fixtures/files/${name}`, import.meta.url))).toEqual(made);
    }
  });
});
