import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isAmbiguousDate, possibleOrders, readDate } from '../../../../common/files/import/date-text.ts';
import { clearNumber, decimalEvidence, readNumber } from '../../../../common/files/import/number-text.ts';
import { SeenIds } from '../../../../common/files/import/seen-ids.ts';
import { converted, unitNamed } from '../../../../common/files/import/units.ts';
import { ZonedTime } from '../../../../common/files/import/zoned-time.ts';
import { importOptionsOf } from '../../../../common/files/import/import-options.ts';
import { excelDate, excelSerial } from '../../../../common/files/xlsx/excel-date.ts';
import { isDateFormat } from '../../../../common/files/xlsx/cell-styles.ts';

describe('the number in a text', () => {
  it.each<[string, number | undefined, number | undefined]>([
    ['13,75', undefined, 13.75],
    ['9,00', undefined, 9],
    ['1,250', 1250, 1.25],
    ['1.250', 1.25, 1250],
    ['0,125', undefined, 0.125],
    ['1.250,5', undefined, 1250.5],
    ["1'250.5", 1250.5, undefined],
    ['1 250', 1250, 1250],
    ['1.250.000', undefined, 1_250_000],
    ['12,50,000', undefined, undefined],
    ['1,2,3', undefined, undefined],
    ['−5', -5, -5],
    ['+.5', 0.5, undefined],
    ['1e3', 1000, 1000],
    ['0x10', undefined, undefined],
    ['', undefined, undefined],
    ['.', undefined, undefined],
    ['1e999', undefined, undefined],
  ])('%j is %s with a point and %s with a comma', (text, point, comma) => {
    expect([readNumber(text, '.'), readNumber(text, ',')]).toEqual([point, comma]);
  });

  it('written clearly is read as itself and never as another', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constantFrom<'.' | ','>('.', ','), (value, decimal) => {
        const text = clearNumber(value, decimal);
        expect(readNumber(text, decimal)).toBe(value === 0 ? Number(String(value)) : value);
        expect(decimalEvidence(text)).not.toBe('either');
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('a date', () => {
  it.each<[string, string[]]>([
    ['2026-04-03', ['ymd']],
    ['20260403', ['ymd']],
    ['2026/4/3', ['ymd']],
    ['03.04.2026', ['dmy', 'mdy']],
    ['3.4.26', ['dmy', 'mdy']],
    ['04.13.2026', ['mdy']],
    ['26-04-03', ['ymd']],
    ['26/04/28', ['dmy', 'ymd']],
    ['13/04/26', ['dmy']],
    ['Fr 03/04/2026', ['dmy']],
    ['Tue, 03/04/2026', []],
    ['03/04/2026', ['dmy', 'mdy']],
    ['13/04/2026', ['dmy']],
    ['04/13/2026', ['mdy']],
    ['31/02/2026', []],
    ['2026-02-30', []],
    ['2024-02-29', ['ymd']],
    ['12. März 2026', ['ymd']],
    ['soon', []],
  ])('%j can be read as %j', (text, orders) => {
    expect(possibleOrders(text)).toEqual(orders);
  });

  it('that is the same either way is not ambiguous', () => {
    expect([isAmbiguousDate('04/04/2026'), isAmbiguousDate('03/04/2026')]).toEqual([false, true]);
  });

  it.each<[string, number | undefined, number | undefined]>([
    ['03.04.2026 14:30 Uhr', 52_200, undefined],
    ['03.04.2026 14.30', 52_200, undefined],
    ['03.04.2026, 14:30', 52_200, undefined],
    ['Fr 03.04.2026', undefined, undefined],
    ['Fri, Apr 3, 2026', undefined, undefined],
    ['ven. 3 avril 2026', undefined, undefined],
    ['3rd April 2026', undefined, undefined],
    ['2026-04-03T14:30+02', 52_200, 120],
    ['2026-04-03 14:30:00-05', 52_200, -300],
  ])('%j is the third of April', (text, seconds, offset) => {
    expect(readDate(text, 'dmy')).toEqual({ year: 2026, month: 4, day: 3, seconds, offset });
  });

  it.each(['Mo 03.04.2026', '2026-04-03 10:00-15:00', '2026-04-03 10:00-12', 'Mar 3 Apr 2026'])('%j is none: a weekday that is another, a span of time', (text) => {
    expect(readDate(text, 'dmy')).toBeUndefined();
  });

  it('names its month in three languages', () => {
    for (const text of ['3 Apr 2026', '3. April 2026', 'April 3, 2026', '3-avr.-2026', '3 avril 2026', '3-Apr-26', '03-APR-26']) expect(readDate(text, 'dmy')).toMatchObject({ year: 2026, month: 4, day: 3 });
  });

  it.each(['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'UTC', 'Asia/Kathmandu'])('in %s is the moment whose clock shows it, or none where the clocks jump', (zone) => {
    const zoned = new ZonedTime(zone);
    const clock = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' });
    fc.assert(
      fc.property(fc.date({ min: new Date('2020-01-01'), max: new Date('2035-01-01'), noInvalidDate: true }), (date) => {
        const moment = new Date(Math.floor(date.getTime() / 60_000) * 60_000);
        const shown = clock.format(moment);
        const placed = zoned.place(readDate(shown.replace(',', ''), 'dmy') ?? { year: 0, month: 0, day: 0, seconds: 0, offset: 0 });
        const isShownTwice = [-3_600_000, -1_800_000, 1_800_000, 3_600_000].some((shift) => clock.format(new Date(moment.getTime() + shift)) === shown);
        expect(placed).toEqual(isShownTwice ? 'repeated' : { iso: moment.toISOString().replace('.000Z', 'Z') });
      }),
      { numRuns: 500 },
    );
  });

  it('of a workbook is the day that its number says, and the other way round', () => {
    expect([excelDate(46_115, false), excelDate(46_115.604_166_666_664, false), excelDate(44_653, true), excelDate(60, false), excelDate(-1, false)]).toEqual(['2026-04-03', '2026-04-03T14:30:00', '2026-04-03', undefined, undefined]);
    fc.assert(fc.property(fc.integer({ min: 61, max: 100_000 }), (serial) => {
      const [year = 0, month = 0, day = 0] = (excelDate(serial, false) ?? '').split('-').map(Number);
      expect(excelSerial(year, month, day, 0)).toBe(serial);
    }));
  });

  it('is told from other formats of numbers by what shows a day or time', () => {
    for (const code of ['dd/mm/yyyy', 'yyyy-mm-dd', '[$-407]d. mmm yyyy', '[h]:mm', 'h:mm AM/PM', 'mmm-yy']) expect(isDateFormat(code)).toBe(true);
    for (const code of ['0.00', '#,##0.00 [$€-407]', '0.00" mm"', 'General', '0.0E+00', '[Red]0', '0\\d', '@']) expect(isDateFormat(code)).toBe(false);
  });
});

describe('units', () => {
  const convert = (value: number, from: string, to: string): number | undefined => {
    const [one, two] = [unitNamed(from), unitNamed(to)];
    return one && two && one.kind === two.kind ? converted(value, one, two) : undefined;
  };
  it.each<[number, string, string, number]>([
    [30, 'mm', 'cm', 3],
    [1, 'inch', 'cm', 2.54],
    [0.3, 'm', 'cm', 30],
    [1.5, 'h', 'min', 90],
    [90, 's', 'min', 1.5],
    [1.1, 'in', 'mm', 27.94],
    [1, 'lb', 'kg', 0.453_592_37],
  ])('%d %s are %s: %d', (value, from, to, expected) => {
    expect(convert(value, from, to)).toBe(expected);
  });
  it('of different kinds do not convert', () => {
    expect(convert(1, 'min', 'cm')).toBeUndefined();
  });
});

describe('part ids', () => {
  it('are found again with their first line, as a map of the texts finds them', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: fc.constantFrom('a', 'b', '1', 'é'), maxLength: 4 }), { maxLength: 3_000, size: 'max' }), fc.integer(), (ids, seed) => {
        const seen = new SeenIds(seed);
        const lines = new Map<string, number>();
        for (const [index, id] of ids.entries()) {
          expect(seen.lineOf(id, index + 2)).toBe(lines.get(id));
          if (!lines.has(id)) lines.set(id, index + 2);
        }
      }),
      { numRuns: 20 },
    );
  });

  it('of a hundred thousand different parts are all new', () => {
    const seen = new SeenIds(7);
    let found = 0;
    for (let id = 0; id < 100_000; id++) if (seen.lineOf(`P${id}`, id + 2) !== undefined) found++;
    expect(found).toBe(0);
    expect(seen.lineOf('P77', 1)).toBe(79);
  });
});

describe('options', () => {
  it('take names and signs', () => {
    expect(importOptionsOf({ delimiter: 'semicolon', decimal: 'comma', date_format: 'dd/mm/yyyy', zone: 'Europe/Paris', mapping: '{"x_cm":"L"}' })).toEqual({ delimiter: ';', decimal: ',', date_format: 'dmy', zone: 'Europe/Paris', mapping: new Map([['x_cm', { column: 'L' }]]) });
    expect(importOptionsOf({ delimiter: '\t', decimal: '.', date_format: 'MM/DD/YYYY' })).toEqual({ delimiter: '\t', decimal: '.', date_format: 'mdy' });
  });
  it.each([[{ delimiter: 'space' }, 'comma, semicolon, tab or pipe'], [{ decimal: 'dot' }, 'point or comma'], [{ date_format: 'ddd' }, 'dmy, mdy or ymd'], [{ zone: 'Berlin' }, 'such as Europe/Berlin'], [{ mapping: 'x=y' }, 'expected JSON such as'], [{ encoding: 'ebcdic' }, 'expected one of utf-8']])('%j are refused with what is expected', (texts, says) => {
    expect(() => importOptionsOf(texts)).toThrow(says);
  });
});
