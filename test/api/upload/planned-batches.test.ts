import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { JobQueues } from '../../../api/job-queues.ts';
import { BatchIntake } from '../../../api/upload/batch-intake.ts';
import { contentOf } from '../../../api/upload/intake-options.ts';
import type { Upload } from '../../../api/upload/upload.ts';
import { BatchStore } from '../../../common/batch-store.ts';
import { chunkTotals, mergeNotable, planningChunkSchema, sumInterval } from '../../../common/batch-totals.ts';
import { ChunkStore } from '../../../common/chunk-store.ts';
import { knownVocabulary } from '../../../common/files/import/vocabulary.ts';
import { ModelReader } from '../../../common/model/model-reader.ts';
import { nastyFiles } from '../../fixtures/nasty-files.ts';
import { piecesOf } from '../../support/import-file.ts';
import { temporaryDirectory } from '../../support/leftovers.ts';
import { partSchema, publishVersion } from '../../support/model-versions.ts';
import { PrivateRedis } from '../../support/private-redis.ts';
import { TestConnections, silentLog } from '../../support/test-connections.ts';

const header = 'part_id,x_cm,y_cm,z_cm,material,complexity,process,quantity,due';
let redis: PrivateRedis;
let connections: TestConnections;
let model: Parameters<BatchIntake['take']>[1];
let queues: JobQueues;
let intake: BatchIntake;
let chunks: ChunkStore;
beforeAll(async () => {
  redis = await PrivateRedis.start();
  const models = await temporaryDirectory();
  const version = await publishVersion(models, 0);
  const reader = new ModelReader(models);
  model = { ...(await reader.metadata(version)), reader: (await reader.load(version)).reader };
});
afterAll(() => redis.stop());
beforeEach(async () => {
  connections = await TestConnections.open(redis);
  queues = new JobQueues(connections.requests, connections.prefix, silentLog);
  chunks = new ChunkStore(connections.requests);
  intake = new BatchIntake({ batches: new BatchStore(connections.requests, connections.keys, 1_000), chunks, queues, keys: connections.keys, maxRows: 5_000, vocabulary: knownVocabulary, zone: 'Europe/Berlin' });
});
afterEach(async () => {
  await queues.close();
  await connections.close();
});

function uploadOf(content: string | Uint8Array): Upload {
  const bytes = Buffer.from(content as Uint8Array);
  return { fileName: 'parts.csv', pieces: piecesOf(bytes) as AsyncIterable<Buffer>, sha256: () => createHash('sha256').update(bytes).digest('hex') };
}

describe('a dry run', () => {
  /** What an upload comes to, or how it is refused. */
  const outcome = async (run: Promise<object>): Promise<unknown> => run.then(({ ...all }) => ({ ...all, batch: undefined, reused: undefined, changes: undefined }), (error: { code: string; message: string }) => ({ code: error.code, message: error.message }));
  const row = fc.tuple(fc.constantFrom('P1', 'P2', ''), fc.constantFrom('12,5', '1,250', '3', 'x', ''), fc.constantFrom('steel', 'Alu', 'wood', ''), fc.constantFrom('milling', 'Total', ''), fc.constantFrom('1', '0', ''), fc.constantFrom('2026-04-03', '03/04/2026', '13/04/2026', ''));

  test('says of any file what the real run does', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(row, { maxLength: 12 }), async (rows) => {
        const text = [header.replaceAll(',', ';'), ...rows.map(([id, x, material, process, quantity, due]) => `${id};${x};2;3;${material};5;${process};${quantity};${due}`)].join('\n');
        const [dry, real] = [await outcome(intake.dryRun(uploadOf(text), model)), await outcome(intake.take(uploadOf(text), model, 'r'))];
        // Storing refuses what trying only reports: a file without a good row.
        fc.pre((real as { code?: string }).code !== 'no_acceptable_rows');
        expect(dry).toEqual(real);
      }),
      { numRuns: 60 },
    );
  }, 60_000);

  test.each(nastyFiles.filter(({ name }) => !/bomb|umlaut-only/.test(name)).map((file) => [file.name, file] as const))('of %s says what the real run does', async (_name, file) => {
    const bytes = await file.bytes();
    const [dry, real] = [await outcome(intake.dryRun(uploadOf(bytes), model, file.options)), await outcome(intake.take(uploadOf(bytes), model, 'r', file.options))];
    expect((real as { code?: string }).code === 'no_acceptable_rows' ? real : dry).toEqual(real);
  });
});

describe('planning values', () => {
  test('are kept beside the rows with their lines', async () => {
    const { batch } = await intake.take(uploadOf([header, 'A,1,2,3,steel,5,milling,4,2026-04-03', '', 'B,1,2,3,steel,5,milling,,'].join('\n')), model, 'r');
    expect(await chunks.get(connections.keys.batchPlanning(batch.id, 0), planningChunkSchema)).toMatchObject({ lines: [2, 4], part_id: ['A', 'B'], quantity: [4, 1], due: ['2026-04-03', null] });
  });

  test('weigh the totals: pieces count, and parts err partly alike', () => {
    const estimates = { value: [10, 20], low: [8, 17], high: [13, 24], flags: { 1: ['odd'] } };
    const { sums, notable } = chunkTotals(partSchema, [[1, 2], [1, 2], [1, 2], [0, -1], [1, NaN], [2, 2]], estimates, { lines: [2, 5], part_id: ['A', 'B'], quantity: [3, 1], setup_min: [5, null] });
    expect(sums).toEqual({ parts: 2, pieces: 4, total: 50, low_sum: 6 + 3, high_sum: 9 + 4, low_square: 36 + 9, high_square: 81 + 16, setup_min: 5 });
    expect(sumInterval(sums)).toEqual({ low: 50 - Math.sqrt(0.75 * 45 + 0.25 * 9 ** 2), high: 50 + Math.sqrt(0.75 * 97 + 0.25 * 13 ** 2) });
    expect(Object.keys(notable.by)).toEqual(['material', 'process']);
    expect(notable.by.material).toMatchObject({ steel: { parts: 1, pieces: 3, total: 30 }, unknown: { parts: 1, total: 20 } });
    expect([notable.slowest.map(({ line }) => line), notable.least_certain.map(({ part_id }) => part_id), notable.flagged.map(({ line }) => line)]).toEqual([[5, 2], ['B', 'A'], [5]]);
  });

  test('add up the same in pieces as in one', () => {
    const part = fc.record({ value: fc.integer({ min: 1, max: 500 }), width: fc.integer({ min: 0, max: 50 }), material: fc.integer({ min: -1, max: 2 }), flagged: fc.boolean() });
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 60 }), fc.nat(60), (parts, cut) => {
        const totals = (from: number, to: number) => {
          const some = parts.slice(from, to);
          const estimates = { value: some.map(({ value }) => value), low: some.map(({ value, width }) => value - width), high: some.map(({ value, width }) => value + width), flags: Object.fromEntries(some.flatMap(({ flagged }, row) => (flagged ? [[row, ['odd']]] : []))) };
          return chunkTotals(partSchema, [[], [], [], some.map(({ material }) => material), [], some.map(() => 0)], estimates, { lines: some.map((_, row) => from + row + 2) }).notable;
        };
        expect(mergeNotable(totals(0, cut), totals(cut, parts.length))).toEqual(totals(0, parts.length));
      }),
    );
  });
});

describe('an upload that replaces another', () => {
  const first = [header, 'A,1,2,3,steel,5,milling,1,', 'B,1,2,3,steel,5,milling,1,', 'C,1,2,3,steel,5,milling,1,'].join('\n');

  test('says which parts are added, changed, unchanged and gone, however it is written', async () => {
    const { batch } = await intake.take(uploadOf(first), model, 'r');
    const second = ['Teilenummer;X (mm);Y (mm);Z (mm);Material;Komplexität;Prozess', 'D;10,0;20;30;Stahl;5;Fräsen', 'B;10,5;20;30;Stahl;5;Fräsen', 'A;10,0;20;30;Stahl;5;Fräsen'].join('\n');
    const expected = { replaces: batch.id, added: 1, changed: 1, unchanged: 1, gone: 1, first: [{ part_id: 'D', line: 2, change: 'added' }, { part_id: 'B', line: 3, change: 'changed' }, { part_id: 'C', line: null, change: 'gone' }] };
    expect((await intake.dryRun(uploadOf(second), model, { replaces: batch.id })).changes).toEqual(expected);
    const replacing = (await intake.take(uploadOf(second), model, 'r', { replaces: batch.id })).batch;
    expect(replacing.changes).toEqual(expected);
    expect(await new BatchStore(connections.requests, connections.keys, 1_000).find(batch.id)).toMatchObject({ replaced_by: replacing.id });
  });

  test('is refused where there is nothing to compare with', async () => {
    await expect(intake.take(uploadOf(first), model, 'r', { replaces: '6b0c57dd-cb5b-4b1e-8d26-6b9d3f0b7a11' })).rejects.toMatchObject({ code: 'not_found' });
    const { batch } = await intake.take(uploadOf('x,y,z,material,complexity,process\n1,2,3,steel,5,milling\n'), model, 'r');
    await expect(intake.take(uploadOf(first), model, 'r', { replaces: batch.id })).rejects.toMatchObject({ code: 'invalid_query' });
  });
});

describe('options', () => {
  test('make another upload of the same bytes, in whatever order they are given', () => {
    const upload = uploadOf(header);
    expect(contentOf(upload, { decimal: ',', delimiter: ';' })).toBe(contentOf(upload, { delimiter: ';', decimal: ',' }));
    expect(new Set([contentOf(upload), contentOf(upload, { decimal: ',' }), contentOf(upload, { mapping: new Map([['x_cm', { column: 'a' }]]) }), contentOf(upload, { mapping: new Map([['x_cm', { column: 'b' }]]) })]).size).toBe(4);
  });

  test('let one bad row refuse all', async () => {
    const text = [header, 'A,1,2,3,steel,5,milling,1,', 'B,1,2,3,stel,5,milling,1,'].join('\n');
    await expect(intake.take(uploadOf(text), model, 'r', { all_or_nothing: true })).rejects.toMatchObject({ code: 'rejected_rows', message: expect.stringContaining('did you mean "steel"') as string });
    expect((await connections.left()).filter((key) => key.startsWith('data:'))).toEqual([]);
  });
});
