import { describe, expect, it } from 'vitest';
import type { PartSchema } from '../../common/part-schema.ts';
import { fingerprintRows } from '../../trainer/row-fingerprints.ts';

const schema: PartSchema = {
  features: [{ name: 'a', kind: 'number' }, { name: 'b', kind: 'number' }, { name: 'm', kind: 'category', levels: ['x', 'y'] }],
  target: { name: 't' },
};
const table = (a: number[], b: number[], m: number[], t: number[]) => ({ rows: a.length, columns: [a, b, m].map((values) => Float64Array.from(values)), target: Float64Array.from(t) });
const some: ReadonlySet<string> = new Set(['a', 'm']);
const all: ReadonlySet<string> = new Set(['a', 'b', 'm']);
const one = (a: number, b: number, m: number, t: number, features = all) => fingerprintRows(schema, table([a], [b], [m], [t]), features)[0];

describe('fingerprintRows', () => {
  it('does not depend on the order of columns or of levels', () => {
    const turned: PartSchema = { features: [{ name: 'm', kind: 'category', levels: ['y', 'new', 'x'] }, { name: 'b', kind: 'number' }, { name: 'a', kind: 'number' }], target: { name: 't' } };
    const rows = { rows: 2, columns: [[2, 0], [3, 4], [1, 2]].map((values) => Float64Array.from(values)), target: Float64Array.of(9, 8) };
    expect(fingerprintRows(turned, rows, all)).toEqual(fingerprintRows(schema, table([1, 2], [3, 4], [0, 1], [9, 8]), all));
  });

  it('tells every cell apart, which column it stands in, and missing from unknown from any value', () => {
    const cells: [number, number, number, number][] = [[1, 2, 0, 3], [2, 1, 0, 3], [1, 2, 1, 3], [1, 2, 0, 4], [3, 2, 0, 1], [NaN, 2, 0, 3], [1, NaN, 0, 3], [1, 2, NaN, 3], [1, 2, -1, 3], [1, 2 + 2 ** -51, 0, 3], [-1, 2, 0, 3], [0, 2, 0, 3]];
    expect(new Set(cells.map((row) => one(...row))).size).toBe(cells.length);
    expect(one(-0, 2, 0, 3)).toBe(one(0, 2, 0, 3));
  });

  it('takes only the named features into account', () => {
    expect(one(1, 2, 0, 3, new Set(some))).toBe(one(1, 7, 0, 3, new Set(some)));
    expect(one(1, 2, 0, 3, new Set(some))).not.toBe(one(1, 2, 0, 3));
  });

  it('is different for 200,000 rows that differ in a digit, and spreads over 48 bits', () => {
    const rows = 200_000;
    const count = Float64Array.from({ length: rows }, (_, row) => row);
    const hashes = fingerprintRows(schema, { rows, columns: [count, count.map((row) => row % 7), count.map((row) => row % 2)], target: count.map((row) => row % 100) }, all);
    expect(new Set(hashes).size).toBe(rows);
    for (let bit = 0; bit < 48; bit++) {
      const share = hashes.reduce((sum, hash) => sum + (Math.floor(hash / 2 ** bit) % 2), 0) / rows;
      // Four standard errors of a fair coin: 2 / √200,000.
      expect(Math.abs(share - 0.5)).toBeLessThan(0.0045);
    }
  });
});
