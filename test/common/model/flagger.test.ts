import { describe, expect, it } from 'vitest';
import { Flagger } from '../../../common/model/flagger.ts';

describe('Flagger', () => {
  it('tells of a level that the model takes for an unknown one', () => {
    const flagger = new Flagger({ features: [{ name: 'customer', kind: 'category', levels: ['often', 'once', 'never'], unseen: ['never'] }], target: { name: 't' } }, new Set(['customer']), new Map([['customer', new Set([1, 2])]]));
    const flags: string[][] = [[], [], []];
    flagger.flag({ rows: 3, columns: [Float64Array.of(0, 1, 2)] }, 0, 3, (row, flag) => flags[row]?.push(flag));
    expect(flags).toEqual([[], ['customer "once" is estimated as unknown: too few training parts have it'], ['customer "never" is unknown: no training part has it']]);
  });
});
