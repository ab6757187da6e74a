import { describe, expect, it } from 'vitest';
import type * as Desk from '../../../api/schedule-documents/document-desk.ts';
import { type DocumentOrder, scheduleDocument } from '../../../api/schedule-documents/schedule-document.ts';
import { pack } from '../../../common/chunk-store.ts';
import { exampleRows, exampleShop, partsOfRows, planned } from '../../support/planned-shops.ts';

// A thread runs without the loader of the tests, so that only the compiled module can start one.
const compiled = new URL('../../../dist/api/schedule-documents/document-desk.js', import.meta.url);
const { DocumentDesk } = (await import(compiled.href)) as typeof Desk;

const shop = exampleShop();
const scheduleOf = async (operations: number, seed: number): Promise<Uint8Array> => pack(await planned(shop, partsOfRows(exampleRows(operations, seed)), { draws: 20 }));
const [schedule, before] = await Promise.all([scheduleOf(400, 1), scheduleOf(400, 2)]);
const machine = shop.machines[0]?.name ?? '';

describe('documents of a schedule of many operations', () => {
  it.each<[string, DocumentOrder]>([
    ['a table', { kind: 'csv', schedule, shop, dialect: { delimiter: ';', decimal: ',' } }],
    ['a chart', { kind: 'svg', schedule, shop, options: { colouring: 'lateness', width: 900 } }],
    ['a calendar', { kind: 'ics', schedule, shop, machine }],
    ['a comparison', { kind: 'comparison', schedule, before }],
  ])('%s is the same from the thread, while others are answered', async (_, order) => {
    const made = new DocumentDesk().make(order, 400);
    const first = await Promise.race([made, new Promise((resolve) => setImmediate(resolve, 'somebody else'))]);
    expect(first).toBe('somebody else');
    expect(await made).toBe(await scheduleDocument(order));
  });

  it('come one after the other, each for itself: one that fails harms none', async () => {
    const desk = new DocumentDesk();
    const order: DocumentOrder = { kind: 'ics', schedule, shop, machine };
    const [good, bad, next] = await Promise.allSettled([desk.make(order, 400), desk.make({ ...order, schedule: await pack({ not: 'a schedule' }) }, 400), desk.make(order, 400)]);
    expect([good.status, bad.status, next.status]).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });
});
