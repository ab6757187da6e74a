import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { errorText } from '../../common/error-text.ts';
import { SpindleError } from '../../common/errors.ts';

describe('errorText', () => {
  it('lists the first ten issues, each with its fix once', () => {
    const issues = Array.from({ length: 12 }, (_, row) => ({ field: 'x', value: null, message: `line ${row}: bad`, fix: 'mend it' }));
    const lines = errorText(new SpindleError('missing_columns', 'what is wrong', { issues })).split('\n');
    expect(lines).toHaveLength(12);
    expect(lines.slice(0, 2)).toEqual(['what is wrong', '  - line 0: bad; mend it']);
    expect(lines.at(-1)).toBe('  and 2 more');
  });

  it('says in words what is the matter with a file', async () => {
    const error: unknown = await readFile('nowhere/at/all.csv').catch((thrown: unknown) => thrown);
    expect(errorText(error)).toBe('nowhere/at/all.csv: there is no such file or folder');
  });
});
