import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ganttSvg } from '../../../common/scheduling/gantt.ts';
import { GanttTimeScale, bandEdges } from '../../../common/scheduling/gantt-time-scale.ts';
import { escapeXml, fitted, textWidth } from '../../../common/scheduling/svg.ts';
import { exampleRows, exampleShop, planned, partsOf, partsOfRows, shopOf } from '../../support/planned-shops.ts';

const hour = 60 * 60_000;

describe('the time scale', () => {
  const open = fc.array(fc.tuple(fc.integer({ min: 0, max: 200 }), fc.integer({ min: 1, max: 30 })), { maxLength: 8 }).map((list) => list.map(([start, length]) => ({ start: start * hour, end: (start + length) * hour })));

  test('rises, from the left end to the right', () => {
    fc.assert(fc.property(open, fc.integer({ min: 0, max: 219 }), (windows, at) => {
      const scale = new GanttTimeScale(0, 220 * hour, windows, 100, 900);
      expect(scale.x(0)).toBe(100);
      expect(scale.x(220 * hour)).toBeCloseTo(900, 6);
      expect(scale.x((at + 1) * hour)).toBeGreaterThan(scale.x(at * hour));
      expect([scale.x(-hour), scale.x(300 * hour)]).toEqual([scale.x(0), scale.x(220 * hour)]);
    }));
  });

  test('draws long rests narrow and all work in proportion', () => {
    const scale = new GanttTimeScale(0, 100 * hour, [{ start: 0, end: 10 * hour }, { start: 90 * hour, end: 100 * hour }], 0, 1012);
    expect(scale.rests).toEqual([{ start: 10 * hour, end: 90 * hour }]);
    expect([scale.hourPixels, scale.x(10 * hour), scale.x(90 * hour)]).toEqual([50, 500, 512]);
  });

  test('is cut into bands at midnights', () => {
    expect(bandEdges(0, 96 * hour, 2, [{ start: 0, end: 96 * hour }], [24, 48, 72].map((at) => at * hour))).toEqual([0, 48 * hour, 96 * hour]);
    expect(bandEdges(0, 10 * hour, 3, [], [])).toEqual([0, 10 * hour]);
  });
});

describe('the chart', () => {
  test.each([1, 10, 60, 300])('of %d operations is well-formed and names every machine and operation', async (count) => {
    const shop = exampleShop();
    const schedule = await planned(shop, partsOfRows(exampleRows(count, 2)), { draws: 50 });
    for (const colouring of ['order', 'lateness'] as const) {
      const svg = ganttSvg(schedule, shop, { colouring });
      expectWellFormed(svg);
      for (const { name } of shop.machines) expect(svg).toContain(`>${name}</text>`);
      for (const { id } of schedule.operations) expect(svg).toContain(`<title>${id}, `);
      expect(svg).not.toMatch(/NaN|Infinity|undefined/);
    }
  });

  test.each([4, 60, 300])('of %d orders names each that is due within it once, with what comes of it', async (count) => {
    const shop = exampleShop();
    const rows = exampleRows(count, 4).map((row, i) => ({ ...row, order_id: '', operation: '', release: '', due: i % 7 === 6 ? '' : `2026-11-${20 + (i % 10)}${i % 3 === 0 ? 'T14:00' : ''}` }));
    const { orders, ...schedule } = await planned(shop, partsOfRows(rows), { draws: 50 });
    const svg = ganttSvg({ orders, ...schedule }, shop);
    const told = [...svg.matchAll(/<title>([^<]*: due [^<]*)<\/title>.*?<text [^>]*fill="(#\w+)"[^>]*>([^<]*)<\/text>/g)].flatMap(([, tips = '', ink, words = '']) =>
      words.split(', ').map((word, i) => ({ id: word.split(' ')[0], word, ink, tip: tips.split('\n')[i] ?? '' })));
    const end = Math.max(...schedule.operations.map((operation) => Date.parse(operation.end)));
    const inside = orders.filter(({ due }) => due !== null && Date.parse(due) <= end);
    expect(inside.length).toBeGreaterThan(0);
    expect(inside.filter(({ id }) => told.filter((one) => one.id === id).length !== 1)).toEqual([]);
    for (const { id, word, ink, tip } of told) {
      const order = orders.find((one) => one.id === id);
      expect(tip).toMatch(new RegExp(`^${id}: due (by the end of|at) \\w+ \\d+ Nov`));
      expect([word.endsWith(' late'), ink === '#b3261e']).toEqual(Array(2).fill((order?.late_min ?? 0) > 0));
      expect(word.endsWith(' %')).toBe(order?.late_min === 0 && (order.on_time ?? 1) < 0.9);
    }
  });

  test('draws how late an order is from its due date on, with many orders on its machine', async () => {
    const shop = shopOf([{ name: 'M', processes: ['p'] }]);
    const csv = `part_id,process,time_min,due\n${Array.from({ length: 20 }, (_, i) => `P${i},p,60,`).join('\n')}\nL,p,60,2026-11-23T10:00`;
    const start = Date.parse('2026-11-23T07:00Z');
    const schedule = await planned(shop, partsOf(csv), { start: '2026-11-23T07:00', draws: 0, locked: [{ id: 'L', machine: 'M', start: '2026-11-24T03:00' }] });
    const svg = ganttSvg(schedule, shop);
    const [, from, to] = /<line x1="([\d.]+)" x2="([\d.]+)"[^>]*stroke="#b3261e"/.exec(svg) ?? [];
    const [left, right] = [134, 1584];
    const pixels = (time: string): number => left + ((right - left) * (Date.parse(time) - start)) / (21 * hour + 10 * 60_000);
    expect([Number(from), Number(to)]).toEqual([expect.closeTo(pixels('2026-11-24T04:00Z'), 0), expect.closeTo(pixels('2026-11-23T10:00Z'), 0)]);
  });

  test('keeps every bar, setup and mark within its width', async () => {
    const shop = exampleShop();
    const svg = ganttSvg(await planned(shop, partsOfRows(exampleRows(80, 9)), { draws: 50 }), shop, { width: 1_000 });
    const boxes = [...svg.matchAll(/<rect x="([\d.-]+)" y="[\d.-]+" width="([\d.-]+)"/g)].map(([, x, width]) => [Number(x), Number(x) + Number(width)]);
    expect(boxes.length).toBeGreaterThan(80);
    expect(boxes.filter(([from = NaN, to = NaN]) => !(from >= 0 && to <= 1_000 && to >= from))).toEqual([]);
  });

  test('shows setups, breaks, due dates, whiskers, locks, and where the clock changes', async () => {
    const shop = shopOf([{ name: 'M', processes: ['p'], calendar: 'day' }], {
      time_zone: 'Europe/Berlin', setups: [{ feature: 'm', default: 30 }],
      calendars: { day: { weekly: [{ days: ['fri', 'sat', 'sun', 'mon'], from: '00:00', to: '08:00' }] } },
    });
    const csv = 'part_id,m,process,time_min,time_min_low,time_min_high,due\nA,x,p,300,280,330,2026-10-23T08:00\nB,y,p,1200,1100,1400,2026-10-24';
    const schedule = await planned(shop, partsOf(csv), { start: '2026-10-23', draws: 100, locked: [{ id: 'A', machine: 'M', start: '2026-10-23T01:00' }] });
    const svg = ganttSvg(schedule, shop);
    expect(svg).toContain('fill="url(#setup)" stroke="#3b434d"');
    expect(svg).toContain('clock -60 min');
    for (const word of ['locked', 'break', 'due', 'late by', 'Europe/Berlin', 'Fri 23 Oct']) expect(svg).toContain(word);
    expect(svg).not.toContain('running');
  });

  test('holds whatever names parts and machines have', async () => {
    const name = '<b>&"\' \u0007 ü';
    const shop = shopOf([{ name, processes: ['p'] }]);
    expectWellFormed(ganttSvg(await planned(shop, partsOf(`part_id,process,time_min\n<script>alert(1)</script>,p,60`)), shop));
  });
});

test('text is made safe for XML', () => {
  expect(escapeXml('<a b="c">&\u0000\ud800x')).toBe('&lt;a b=&quot;c&quot;&gt;&amp;x');
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => { expectWellFormed(`<t>${escapeXml(text)}</t>`); }));
});

test('text is cut to its room, or left out', () => {
  fc.assert(fc.property(fc.string({ maxLength: 40 }), fc.integer({ min: 0, max: 300 }), (text, width) => {
    const shown = fitted(text, 10, width);
    expect(shown === text || shown === '' || textWidth(shown, 10) <= width).toBe(true);
  }));
});

/** A small check of XML: every tag closed in order, no bare & or <, no control characters. */
function expectWellFormed(xml: string): void {
  const open: string[] = [];
  const crossed: string[] = [];
  const rest = xml.replace(/<(\/?)([\w:]+)((?:\s[\w:-]+="[^"<]*")*)\s*(\/?)>/g, (_tag, closing: string, name: string, _attributes, empty: string) => {
    if (closing) {
      if (open.pop() !== name) crossed.push(name);
    } else if (!empty) open.push(name);
    return '';
  });
  expect([...open, ...crossed]).toEqual([]);
  expect(rest).not.toMatch(/[<>]|&(?!(?:amp|lt|gt|quot);)/);
  // oxlint-disable-next-line no-control-regex -- what XML forbids
  expect(xml).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/);
}
