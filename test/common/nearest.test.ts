import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { nearest } from '../../common/nearest.ts';

const materials = ['steel', 'aluminum', 'copper'];

test.each([
  ['stel', 'steel'],
  ['STEEL', 'steel'],
  [' aluminium ', 'aluminum'],
  ['coper', 'copper'],
  ['stele', 'steel'],
  ['setal', undefined],
  ['wood', undefined],
  ['', undefined],
  ['x', undefined],
])('%j means %j', (word, meant) => {
  expect(nearest(word, materials)).toBe(meant);
});

test('a suggestion is always a candidate, and the word itself is its own nearest', () => {
  fc.assert(
    fc.property(fc.string(), fc.uniqueArray(fc.string({ minLength: 1, maxLength: 12 }), { minLength: 1, selector: (text) => text.trim().toLowerCase() }), (word, candidates) => {
      const found = nearest(word, candidates);
      expect(found === undefined || candidates.includes(found)).toBe(true);
      const plain = candidates.filter((candidate) => /^\S+$/.test(candidate));
      for (const candidate of plain) expect(nearest(candidate, plain)?.toLowerCase()).toBe(candidate.toLowerCase());
    }),
  );
});

test('a megabyte of letters is compared in no time', () => {
  const start = performance.now();
  nearest('x'.repeat(1_000_000), Array.from({ length: 1_000 }, (_, index) => `column_${index}`));
  expect(performance.now() - start).toBeLessThan(2_000);
});
