import { parse } from 'csv-parse/sync';
import * as fc from 'fast-check';
import readXlsxFile from 'read-excel-file/node';
import { describe, expect, it } from 'vitest';
import type { EstimateColumns } from '../../../../common/estimate.ts';
import { csvText } from '../../../../common/files/export/csv-text.ts';
import { EstimateExport } from '../../../../common/files/export/estimate-export.ts';
import { exportDialect } from '../../../../common/files/export/export-dialect.ts';
import { RejectedExport } from '../../../../common/files/export/rejected-export.ts';
import { templateCsv, templateWorkbook } from '../../../../common/files/export/template.ts';
import { delimiters } from '../../../../common/files/import/delimiter.ts';
import { neutralised } from '../../../../common/files/import/formula-guard.ts';
import { workbook } from '../../../../common/files/xlsx/workbook-writer.ts';
import { nastyFiles } from '../../../fixtures/nasty-files.ts';
import { type Imported, importFile } from '../../../support/import-file.ts';
import { partSchema } from '../../../support/model-versions.ts';

const version = '20261122T134500Z-3f9c1a';
const estimatesOf = (rows: number): EstimateColumns => ({ value: Array.from({ length: rows }, (_, row) => row + 12.5), low: Array.from({ length: rows }, () => 1), high: Array.from({ length: rows }, () => 1_234.125), flags: { 0: ['x_cm 1 is below the learned 10'] } });
const exported = ({ header, report }: Imported): EstimateExport => new EstimateExport(header, report, 'time_min', version);

async function bytesOf(pieces: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(piece);
  return Buffer.concat(all);
}

// oxlint-disable-next-line typescript/require-await
async function* once<T>(value: T): AsyncGenerator<T> {
  yield value;
}

const good = nastyFiles.filter(({ parts }) => parts);
const dialects = [[',', '.'], [';', ','], ['\t', ','], ['|', '.'], [',', ','], [';', '.']] as const;

describe('an export', () => {
  it.each(good.map((file) => [file.name, file] as const))('of %s comes back as the same parts, in whatever dialect', async (_name, file) => {
    const first = await importFile(await file.bytes(), file.options ? { options: file.options } : {});
    const out = exported(first);
    for (const dialect of [exportDialect(first.report), ...dialects.map(([delimiter, decimal]) => exportDialect(first.report, { delimiter, decimal }))]) {
      const text = out.head(dialect) + out.lines(first.accepted.cells, estimatesOf(first.parts.length), dialect);
      const again = await importFile(text);
      expect(again.parts).toEqual(first.parts);
      expect(again.rejected).toEqual([]);
    }
  });

  it.each(good.map((file) => [file.name, file] as const))('of %s as JSON or JSON Lines comes back as the same parts', async (_name, file) => {
    const first = await importFile(await file.bytes(), file.options ? { options: file.options } : {});
    const out = exported(first);
    const { cells } = first.accepted;
    for (const text of [JSON.stringify({ batch: 'id', parts: out.objects(cells, estimatesOf(cells.length)) }, null, 1), out.jsonLines(cells, estimatesOf(cells.length))]) {
      const again = await importFile(text, { pieceBytes: 37 });
      expect(again.parts).toEqual(first.parts);
      expect(again.rejected).toEqual([]);
    }
  });

  it.each(good.map((file) => [file.name, file] as const))('of %s as a workbook comes back as the same parts, with real numbers', async (_name, file) => {
    const first = await importFile(await file.bytes(), file.options ? { options: file.options } : {});
    const out = exported(first);
    const bytes = await bytesOf(workbook([{ name: 'Estimates', header: out.columns, rows: () => once(out.sheetRows(first.accepted.cells, estimatesOf(first.parts.length))) }]));
    const again = await importFile(bytes);
    expect(again.parts).toEqual(first.parts);
    // Another library sees the numbers as numbers.
    const [sheet] = await readXlsxFile(bytes);
    const x = first.report.columns.find(({ field }) => field === 'x_cm')?.index ?? -1;
    expect(typeof sheet?.data[1]?.[x]).toBe(first.accepted.cells[0]?.[x]?.includes('mm') ? 'string' : 'number');
    expect(sheet?.data[1]?.slice(first.header.length, first.header.length + 3)).toEqual([12.5, 1, 1_234.125]);
  });

  it.each(nastyFiles.filter(({ rejected, name }) => rejected && !/one-slip|two-programs/.test(name)).map((file) => [file.name, file] as const))('of the refused rows of %s names line and reason, and is read again', async (_name, file) => {
    const first = await importFile(await file.bytes());
    const out = new RejectedExport(first.header, first.report);
    const again = await importFile(out.head() + out.lines(first.rejected));
    expect(again.header.slice(0, 2)).toEqual(['line', 'reason']);
    // Apart, the rows of these are sound: a duplicate without the first, what a stray quote had made one, and a second table, whose header is right below its like and tells its units.
    const sound = ['last-weeks-duplicates.csv', 'stray-quotes-rows-apart.csv', 'a-second-table-below.csv'].includes(file.name);
    expect(again.rejected).toHaveLength(sound ? 0 : first.rejected.length);
  });

  it.each(nastyFiles.filter(({ rejected }) => rejected).map((file) => [file.name, file] as const))('of the refused rows of %s makes no formula of a cell and no number of one that was refused as none', async (_name, file) => {
    const { header, report, rejected } = await importFile(await file.bytes());
    const out = new RejectedExport(header, report);
    for (const row of rejected) {
      const written = parse(out.lines([row]), { delimiter: exportDialect(report).delimiter, record_delimiter: '\n' })[0]?.slice(2) ?? [];
      expect(written.filter((cell) => /^[=@\t\r]|^[+-](?![\d.,'’\s]*$)/.test(cell))).toEqual([]);
      const numbers = report.columns.filter(({ kind, field }) => kind === 'number' && row.issues.some((issue) => issue.field === field));
      expect(numbers.map(({ index }) => neutralised.undo(written[index] ?? ''))).toEqual(numbers.map(({ index }) => row.cells[index]));
    }
  });
});

describe('a CSV that is opened in Excel', () => {
  const cell = fc.record({ encoding: fc.constantFrom('utf8', 'utf16le', 'latin1') as fc.Arbitrary<BufferEncoding>, x: fc.constantFrom('Länge', 'length', 'x_cm'), remark: fc.constantFrom('Prüfen', 'check') });

  it('shows umlauts as they are: it begins with the mark of UTF-8 where the upload was in another encoding or its header is not ASCII', async () => {
    await fc.assert(
      fc.asyncProperty(cell, async ({ encoding, x, remark }) => {
        const text = `${encoding === 'utf16le' ? '\uFEFF' : ''}remark;${x};y;z;material;complexity;process\n${remark};1,5;2;3;steel;5;milling\n${remark};0;2;3;steel;5;milling\n`;
        const first = await importFile(Buffer.from(text, encoding));
        const heads = [exported(first).head(exportDialect(first.report)), new RejectedExport(first.header, first.report).head()];
        const isForeign = encoding === 'utf16le' || (encoding === 'latin1' && /[äü]/.test(text));
        expect(heads.map((head) => head.startsWith('\uFEFF'))).toEqual([isForeign || x === 'Länge', isForeign || x === 'Länge']);
      }),
    );
    expect(templateCsv(partSchema, '2026-12-18').startsWith('part_id')).toBe(true);
  });
});

describe('texts', () => {
  const text = fc.string({ unit: fc.constantFrom("'", '=', '+', '-', '@', '\t', '\r', '\n', '"', ',', ';', 'a', '1', '_', 'x', '0', '&', '<', '\u0001', '漢', ' ', '＝'), maxLength: 9 });

  it('are never formulas in a CSV, and come back as they went', () => {
    fc.assert(
      fc.property(text, (cell) => {
        const guarded = neutralised.of(cell);
        const isNumber = /^[+-][\d.,'’\s]*\d/.test(cell);
        expect(isNumber || !/^[=+\-@\t\r＝]/.test(guarded)).toBe(true);
        expect(neutralised.undo(guarded)).toBe(cell);
      }),
      { numRuns: 3_000 },
    );
    for (const number of ['-5', '+3.2', '-1,5', '-1.234,5', '-1e5']) expect(neutralised.of(number)).toBe(number);
    for (const formula of ['=1', '+cmd|x', '-2+3', '@SUM(A1)', '\tx', '-', '＝1']) expect(neutralised.of(formula)).toBe(`'${formula}`);
  });

  it('of a workbook come back as they went, and are texts for another reader too', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(text.filter((cell) => cell.trim() !== '' && !cell.includes('\r')), { minLength: 1, maxLength: 5 }), async (ids) => {
        const header = ['remark', 'x_cm', 'y_cm', 'z_cm', 'material', 'complexity', 'process'];
        const rows = ids.map((id) => [id, 1, 2, 3, 'steel', 5, 'milling']);
        const bytes = await bytesOf(workbook([{ name: 'S', header, rows: () => once(rows) }]));
        expect((await importFile(bytes)).accepted.cells.map(([id]) => id)).toEqual(ids);
      }),
      { numRuns: 100 },
    );
  });

  it('with nothing special are joined as csv-stringify would, whatever the delimiter', () => {
    fc.assert(
      fc.property(fc.array(text, { minLength: 2, maxLength: 5 }), fc.constantFrom(...delimiters), (cells, delimiter) => {
        expect(parse(`${csvText(cells, delimiter)}\n`, { delimiter, record_delimiter: ['\r\n', '\n', '\r'] })).toEqual([cells]);
      }),
      { numRuns: 500 },
    );
  });
});

describe('the template', () => {
  it('is a file of one part, as CSV and as a workbook, that lists what is allowed', async () => {
    const text = templateCsv(partSchema, '2026-12-18');
    expect(text).toContain('one of steel, aluminum, copper');
    for (const file of [text, await bytesOf(templateWorkbook(partSchema, '2026-12-18'))]) {
      const { parts, rejected } = await importFile(file);
      expect(rejected).toEqual([]);
      expect(parts).toEqual([{ part_id: 'EXAMPLE-1', x_cm: 30, y_cm: 18, z_cm: 8.5, material: 'steel', complexity: 5, process: 'turning', quantity: 1, setup_min: null, due: '2026-12-18', release: null, priority: null, order_id: null, operation: null }]);
    }
    const sheets = await readXlsxFile(await bytesOf(templateWorkbook(partSchema, '2026-12-18')));
    expect(sheets.map(({ sheet }) => sheet)).toEqual(['Parts', 'Values']);
  });
});
