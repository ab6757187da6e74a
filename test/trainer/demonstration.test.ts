import { describe, expect, it } from 'vitest';
import { demonstrationLaw, demonstrationParts, demonstrationRecords, demonstrationSchema } from '../../trainer/demonstration.ts';
import { seededRandom, standardNormal } from '../../common/seeded-random.ts';

const parts = [...demonstrationParts(20_000, 11)];

describe('demonstrationLaw', () => {
  it('is the published formula', () => {
    // 0.5·30² + 0.6·16^1.5 + 0.3·10² + 0.4·5² + 0.9 + 0.7 = 450 + 38.4 + 30 + 10 + 1.6
    expect(demonstrationLaw({ x_cm: 30, y_cm: 16, z_cm: 10, material: 'steel', complexity: 5, process: 'milling' })).toBeCloseTo(530, 10);
    expect(demonstrationLaw({ x_cm: 10, y_cm: 9, z_cm: 2, material: 'copper', complexity: 1, process: 'drilling' })).toBeCloseTo(50 + 16.2 + 1.2 + 0.4 + 0.3 + 0.8, 10);
    expect(demonstrationLaw({ x_cm: 10, y_cm: 9, z_cm: 2, material: 'aluminum', complexity: 1, process: 'turning' })).toBeCloseTo(50 + 16.2 + 1.2 + 0.4 + 0.5 + 0.5, 10);
  });
});

describe('demonstrationParts', () => {
  it('have the stated ranges, two decimals and whole minutes', () => {
    for (const part of parts) {
      for (const [value, from, to] of [[part.x_cm, 10, 50], [part.y_cm, 5, 30], [part.z_cm, 2, 15]] as const) {
        expect(value >= from && value <= to && Number(value.toFixed(2)) === value).toBe(true);
      }
      expect(Number.isInteger(part.complexity) && part.complexity >= 1 && part.complexity <= 9).toBe(true);
      expect(Number.isInteger(part.time_min)).toBe(true);
    }
  });

  it('are uniform: means of sizes and shares of levels within four standard errors', () => {
    const mean = (of: (part: (typeof parts)[number]) => number) => parts.reduce((sum, part) => sum + of(part), 0) / parts.length;
    const tolerance = (width: number) => (4 * width) / Math.sqrt(12 * parts.length);
    expect(Math.abs(mean((part) => part.x_cm) - 30)).toBeLessThan(tolerance(40));
    expect(Math.abs(mean((part) => part.y_cm) - 17.5)).toBeLessThan(tolerance(25));
    expect(Math.abs(mean((part) => part.z_cm) - 8.5)).toBeLessThan(tolerance(13));
    expect(Math.abs(mean((part) => part.complexity) - 5)).toBeLessThan(tolerance(9));
    const share = 4 * Math.sqrt((1 / 3) * (2 / 3) / parts.length);
    for (const level of ['steel', 'aluminum', 'copper']) expect(Math.abs(mean((part) => Number(part.material === level)) - 1 / 3)).toBeLessThan(share);
    for (const level of ['turning', 'drilling', 'milling']) expect(Math.abs(mean((part) => Number(part.process === level)) - 1 / 3)).toBeLessThan(share);
  });

  it('differ from the law by noise of mean 0 and variance 2² and the rounding to whole minutes, 1/12', () => {
    const noise = parts.map((part) => part.time_min - demonstrationLaw(part));
    const mean = noise.reduce((sum, value) => sum + value, 0) / noise.length;
    const variance = noise.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (noise.length - 1);
    const expected = 4 + 1 / 12;
    expect(Math.abs(mean)).toBeLessThan(4 * Math.sqrt(expected / noise.length));
    expect(Math.abs(variance - expected)).toBeLessThan(4 * expected * Math.sqrt(2 / noise.length));
  });

  it('are the same for the same seed, others for another, and more rows continue the list', () => {
    expect([...demonstrationParts(50, 11)]).toEqual(parts.slice(0, 50));
    const first = Array.from({ length: 50 }, (_, seed) => demonstrationParts(1, seed).next().value?.x_cm);
    expect(new Set(first).size).toBeGreaterThan(45);
  });
});

describe('standardNormal', () => {
  it('has the share of a normal distribution beyond one and two standard deviations', () => {
    const random = seededRandom(3);
    const draws = Array.from({ length: 20_000 }, () => Math.abs(standardNormal(random)));
    for (const [beyond, share] of [[1, 0.3173], [2, 0.0455]] as const) {
      const seen = draws.filter((draw) => draw > beyond).length / draws.length;
      expect(Math.abs(seen - share)).toBeLessThan(4 * Math.sqrt((share * (1 - share)) / draws.length));
    }
  });
});

describe('demonstrationRecords', () => {
  it('have the features in the schema\'s order and the time last', () => {
    const [header, first] = [...demonstrationRecords(1, 11)].flat();
    expect(header).toEqual({ line: 1, cells: [...demonstrationSchema.features.map((feature) => feature.name), 'time_min'] });
    expect(first).toEqual({ line: 2, cells: Object.values(parts[0] ?? {}).map(String) });
  });

  it('of planned parts have a number in place of the time', () => {
    const records = [...demonstrationRecords(1_500, 11, { planned: true })].flat();
    expect(records[0]?.cells).toEqual(['part_id', 'x_cm', 'y_cm', 'z_cm', 'material', 'complexity', 'process']);
    expect(records[12]?.cells[0]).toBe('P0012');
    expect(records[1_500]).toMatchObject({ line: 1_501, cells: expect.arrayContaining(['P1500']) as unknown });
    expect(records).toHaveLength(1_501);
  });
});
