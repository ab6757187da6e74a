import * as fc from 'fast-check';
import iconv from 'iconv-lite';
import { describe, expect, it } from 'vitest';
import { SpindleError } from '../../../../common/errors.ts';
import { csvText } from '../../../../common/files/export/csv-text.ts';
import { delimiters } from '../../../../common/files/import/delimiter.ts';
import { writtenWorkbook } from '../../../fixtures/written-workbook.ts';
import { type Imported, importFile } from '../../../support/import-file.ts';

/** How a planner may write a table; the parts stay the same. */
interface Style {
  delimiter: ',' | ';' | '\t' | '|';
  decimal: '.' | ',';
  encoding: string;
  bom: boolean;
  end: string;
  order: number[];
  unit: 'cm' | 'mm' | 'm';
  grouped: boolean;
  language: 'en' | 'de';
}

const perCm = { cm: 1, mm: 10, m: 0.01 };
const headers: Record<Style['language'], (unit: string) => string[]> = {
  en: (unit) => ['part_id', `X (${unit})`, `width [${unit}]`, `z_${unit}`, 'Material', 'COMPLEXITY', 'process', 'qty'],
  de: (unit) => ['Teilenummer', `Länge (${unit})`, `Breite ${unit}`, `Höhe, ${unit}`, 'Werkstoff', 'Komplexität', 'Verfahren', 'Stückzahl'],
};
const words: Record<string, [string, string]> = { steel: ['Steel', 'Stahl'], aluminum: ['aluminium', 'Alu '], copper: ['copper', 'KUPFER'], turning: ['turning', 'Drehen'], drilling: ['Drilling', 'bohren'], milling: ['milling', 'Fräsen'] };

const part = fc.record({
  x: fc.integer({ min: 1, max: 900_000 }),
  y: fc.integer({ min: 1, max: 90_000 }),
  z: fc.integer({ min: 1, max: 9_000 }),
  material: fc.constantFrom('steel', 'aluminum', 'copper'),
  complexity: fc.integer({ min: 1, max: 10 }),
  process: fc.constantFrom('turning', 'drilling', 'milling'),
  quantity: fc.integer({ min: 1, max: 5_000 }),
});
const style: fc.Arbitrary<Style> = fc.record({
  delimiter: fc.constantFrom(...delimiters),
  decimal: fc.constantFrom<'.' | ','>('.', ','),
  encoding: fc.constantFrom('utf8', 'utf16le', 'utf16be', 'win1252'),
  bom: fc.boolean(),
  end: fc.constantFrom('\n', '\r\n', '\r'),
  order: fc.shuffledSubarray([0, 1, 2, 3, 4, 5, 6, 7], { minLength: 8 }),
  unit: fc.constantFrom<'cm' | 'mm' | 'm'>('cm', 'mm', 'm'),
  grouped: fc.boolean(),
  language: fc.constantFrom<'en' | 'de'>('en', 'de'),
});

/** Hundredths of a centimetre in another unit, in decimal notation with two places or more: nothing that could be thousands. */
function written(hundredths: number, { unit, decimal, grouped }: Style): string {
  const places = unit === 'mm' ? 1 : unit === 'm' ? 4 : 2;
  const digits = String(hundredths).padStart(places + 1, '0');
  const whole = digits.slice(0, -places);
  return `${grouped ? whole.replace(/\B(?=(\d{3})+$)/g, decimal === '.' ? ',' : '.') : whole}${decimal}${digits.slice(-places)}`;
}

const meaning = (parts: { x: number; y: number; z: number; material: string; complexity: number; process: string; quantity: number }[]) =>
  parts.map(({ x, y, z, ...rest }, index) => ({ x_cm: x / 100, y_cm: y / 100, z_cm: z / 100, ...rest, part_id: `P${index}` }));

describe('any table', () => {
  it('means the same in any dialect, encoding, language, unit and order of columns', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(part, { minLength: 1, maxLength: 12 }), style, fc.integer({ min: 1, max: 500 }), async (parts, how, pieceBytes) => {
        const rows = parts.map((one, index) => [`P${index}`, written(one.x, how), written(one.y, how), written(one.z, how), words[one.material]?.[how.language === 'en' ? 0 : 1] ?? '', String(one.complexity), words[one.process]?.[how.language === 'en' ? 0 : 1] ?? '', String(one.quantity)]);
        const table = [headers[how.language](how.unit), ...rows].map((row) => how.order.map((at) => row[at] ?? ''));
        const content = table.map((row) => csvText(row, how.delimiter)).join(how.end);
        const marked = how.encoding !== 'win1252' && (how.bom || how.encoding !== 'utf8');
        const { parts: read, rejected, report } = await importFile(iconv.encode(content, how.encoding, { addBOM: marked }), { pieceBytes });
        expect(rejected).toEqual([]);
        expect(read).toEqual(meaning(parts));
        expect(report.decimal).toBe(how.decimal === ',' ? 'comma' : 'point');
      }),
      { numRuns: 300 },
    );
  }, 60_000);

  it('means the same as a workbook', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(part, { minLength: 1, maxLength: 8 }), style, async (parts, how) => {
        const rows = parts.map((one, index) => [`P${index}`, (one.x / 100) * perCm[how.unit], (one.y / 100) * perCm[how.unit], (one.z / 100) * perCm[how.unit], words[one.material]?.[1] ?? '', one.complexity, words[one.process]?.[1] ?? '', one.quantity]);
        const { parts: read, rejected } = await importFile(await writtenWorkbook({ Parts: [headers[how.language](how.unit), ...rows] }));
        expect(rejected).toEqual([]);
        for (const [index, expected] of meaning(parts).entries()) {
          expect(read[index]).toMatchObject({ ...expected, x_cm: expect.closeTo(expected.x_cm, 9) as number, y_cm: expect.closeTo(expected.y_cm, 9) as number, z_cm: expect.closeTo(expected.z_cm, 9) as number });
        }
      }),
      { numRuns: 40 },
    );
  }, 60_000);
});

/** What a file came to, or nothing accepted where it was refused with a code; anything else thrown is a fault. */
async function readOrRefused(reading: Promise<Imported>): Promise<Pick<Imported, 'accepted'>> {
  try {
    return await reading;
  } catch (error) {
    if (!(error instanceof SpindleError)) throw error;
    return { accepted: { lines: [], cells: [], values: [], planning: {} } };
  }
}

describe('a hostile file', () => {
  const head = 'part_id;x_cm;y_cm;z_cm;material;complexity;process;quantity;due\n';
  const cell = fc.oneof(
    fc.string({ unit: fc.constantFrom('1', '2', '5', '0', ',', '.', "'", ' ', '-', '+', 'e', '"', ';', '\n', '\t', '=', 'ß', '\u202f', '/', 'm'), maxLength: 10 }),
    fc.constantFrom('steel', 'milling', '__proto__', 'constructor', '1,250', '1.250', '13,75 kg', '03/04/2026', '9'.repeat(400), '1e999', 'NaN', 'Infinity', '0x10', '-0', '1e5', "'=1+1"),
  );

  it('is read or refused with a code, and never gives a number that its text does not say', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(cell, { minLength: 1, maxLength: 11 }), { minLength: 1, maxLength: 8 }), fc.boolean(), fc.integer({ min: 1, max: 60 }), async (rows, quoted, pieceBytes) => {
        const content = head + rows.map((row) => (quoted ? csvText(row, ';') : row.join(';'))).join('\n');
        const imported = await readOrRefused(importFile(content, { pieceBytes }));
        const digits = (text: string): string => text.replace(/\D/g, '').replace(/^0+|0+$/g, '');
        for (const [row, cells] of imported.accepted.cells.entries()) {
          for (const f of [0, 1, 2]) {
            const text = (cells[f + 1] ?? '').trim();
            if (/[a-z"″]/i.test(text)) continue;
            expect(digits(String(imported.accepted.values[f]?.[row]))).toBe(digits(String(Number(text.replace(/[' \u202f]/g, '').replace(/[.,](?=.*[.,])/g, '').replace(',', '.')))));
          }
        }
      }),
      { numRuns: 1_500 },
    );
  }, 60_000);

  it('of any bytes is read or refused with a code', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), fc.constantFrom('', head, 'PK\u0003\u0004', '\uFEFF'), async (bytes, start) => {
        await expect(readOrRefused(importFile(Buffer.concat([Buffer.from(start), bytes])))).resolves.toBeDefined();
      }),
      { numRuns: 500 },
    );
  });

  it('that is a damaged workbook is read or refused with a code', async () => {
    const whole = await writtenWorkbook({ Parts: [['x_cm', 'y_cm', 'z_cm', 'material', 'complexity', 'process'], [1, 2, 3, 'steel', 5, 'milling']] });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }), async (changes) => {
        const damaged = Buffer.from(whole);
        for (const [at, value] of changes) damaged[at] = value;
        await expect(readOrRefused(importFile(damaged))).resolves.toBeDefined();
      }),
      { numRuns: 300 },
    );
  }, 60_000);
});
