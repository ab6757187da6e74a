import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { JobQueues } from '../../../api/job-queues.ts';
import { BatchIntake } from '../../../api/upload/batch-intake.ts';
import { contentOf } from '../../../api/upload/intake-options.ts';
import type { Upload } from '../../../api/upload/upload.ts';
import { BatchStore } from '../../../common/batch-store.ts';
import { ChunkStore, partsChunkSchema, rejectedChunkSchema, rowsChunkSchema } from '../../../common/chunk-store.ts';
import { SpindleError } from '../../../common/errors.ts';
import type { EstimateColumns } from '../../../common/estimate.ts';
import { knownVocabulary } from '../../../common/files/import/vocabulary.ts';
import type { Estimator } from '../../../common/model/estimator.ts';
import { ModelReader } from '../../../common/model/model-reader.ts';
import { temporaryDirectory } from '../../support/leftovers.ts';
import { publishVersion } from '../../support/model-versions.ts';
import { PrivateRedis } from '../../support/private-redis.ts';
import { TestConnections, silentLog } from '../../support/test-connections.ts';

const header = 'part_id,x_cm,y_cm,z_cm,material,complexity,process';
const goodRow = 'P1,30,15,10,steel,5,milling';

let redis: PrivateRedis;
let connections: TestConnections;
let estimator: Estimator;
let model: Parameters<BatchIntake['take']>[1];
let queues: JobQueues;
let intake: BatchIntake;
let chunks: ChunkStore;
beforeAll(async () => {
  redis = await PrivateRedis.start();
  const models = await temporaryDirectory();
  const version = await publishVersion(models, 0);
  const reader = new ModelReader(models);
  estimator = await reader.load(version);
  model = { ...(await reader.metadata(version)), reader: estimator.reader };
});
afterAll(() => redis.stop());
beforeEach(async () => {
  connections = await TestConnections.open(redis);
  queues = new JobQueues(connections.requests, connections.prefix, silentLog);
  chunks = new ChunkStore(connections.requests);
  intake = new BatchIntake({ batches: new BatchStore(connections.requests, connections.keys, 1_000), chunks, queues, keys: connections.keys, maxRows: 5_000, vocabulary: knownVocabulary, zone: 'UTC' });
});
afterEach(async () => {
  await queues.close();
  await connections.close();
});

/** A file as it arrives: cut into pieces of this many bytes; `fault` is thrown after the last. */
function uploadOf(text: string, { size = 65_536, fault }: { size?: number; fault?: Error } = {}): Upload {
  const bytes = Buffer.from(text);
  // oxlint-disable-next-line typescript/require-await
  async function* pieces(): AsyncGenerator<Buffer> {
    for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size);
    if (fault) throw fault;
  }
  return { fileName: 'parts.csv', pieces: pieces(), sha256: () => createHash('sha256').update(bytes).digest('hex') };
}

const take = (text: string, options?: Parameters<typeof uploadOf>[1]) => intake.take(uploadOf(text, options), model, 'r');
const dataLeft = async () => (await connections.left()).filter((key) => key.startsWith('data:'));

describe('a file that is accepted', () => {
  test('is stored in pieces that together are the file, and estimated in pieces it comes out as in one', async () => {
    const size = fc.double({ min: 0.5, max: 99, noNaN: true }).map(String);
    const row = fc.tuple(fc.string({ maxLength: 8 }).filter((text) => !/^'+[-=+@]/.test(text)), size, size, size, fc.constantFrom('steel', 'aluminum', 'copper', 'wood'), fc.constantFrom('1', '5', '10', '11'), fc.constantFrom('turning', 'milling'));
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 40 }), fc.integer({ min: 1, max: 2_600 }), fc.integer({ min: 50, max: 70_000 }), async (some, rows, pieceSize) => {
        const table = Array.from({ length: rows }, (_, index) => some[index % some.length] ?? some[0] ?? []);
        const text = [header.replace('part_id', 'remark'), ...table.map((cells) => cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(','))].join('\n');
        const isGood = (cells: readonly string[]): boolean => cells[4] !== 'wood' && cells[5] !== '11';
        const good = table.filter(isGood).map((cells) => [...cells]);
        const bad = table.flatMap((cells, index) => (isGood(cells) ? [] : [{ line: index, cells: [...cells] }]));
        fc.pre(good.length > 0);
        const { batch, accepted, rejected } = await take(text, { size: pieceSize });
        expect({ accepted, rejected }).toEqual({ accepted: good.length, rejected: bad.length });
        const [storedRows, storedRejected] = [await stored(batch.chunks, connections.keys.batchRows, batch.id, rowsChunkSchema), await stored(batch.rejected_chunks, connections.keys.batchRejected, batch.id, rejectedChunkSchema)];
        expect(storedRows.flat()).toEqual(good);
        expect(storedRejected.flat().map(({ cells }) => cells)).toEqual(bad.map(({ cells }) => cells));
        const inPieces = (await stored(batch.chunks, connections.keys.batchParts, batch.id, partsChunkSchema)).map(estimatesOf);
        const whole = estimator.estimate(good.map((cells) => [Number(cells[1]), Number(cells[2]), Number(cells[3]), cells[4] ?? '', Number(cells[5]), cells[6] ?? '']));
        expect(inPieces.flatMap(({ value }) => value)).toEqual(whole.map(([value]) => value));
        expect(inPieces.flatMap(({ low }) => low)).toEqual(whole.map(([, low]) => low));
        expect(inPieces.flatMap(({ value, flags }) => value.map((_, index) => flags[index] ?? []))).toEqual(whole.map(([, , , flags]) => flags));
      }),
      { numRuns: 12 },
    );
  });

  test('keeps every cell as it came: quotes, line breaks, zeros, spaces and letters of any script', async () => {
    const ids = ['007', ' padded ', '"quoted"', 'two\nlines', 'a,b', '漢字 – ü', '=1+1', ''];
    const text = [header, ...ids.map((id) => `"${id.replaceAll('"', '""')}", 30 ,15.0,010,steel,5,milling`)].join('\r\n');
    const { batch } = await take(text);
    expect(await chunks.get(connections.keys.batchRows(batch.id, 0), rowsChunkSchema)).toEqual(ids.map((id) => [id, ' 30 ', '15.0', '010', 'steel', '5', 'milling']));
    expect((await chunks.get(connections.keys.batchParts(batch.id, 0), partsChunkSchema)).values.map(([first]) => first)).toEqual([30, 15, 10, 0, 5, 2]);
  });

  test('of the same bytes is answered with the batch that is kept, and nothing more is stored', async () => {
    const first = await take(`${header}\n${goodRow}\n`);
    const keys = await connections.left();
    const second = await take(`${header}\n${goodRow}\n`);
    expect([first.reused, second.reused, second.batch.id]).toEqual([false, true, first.batch.id]);
    expect(await connections.left()).toEqual(keys);
  });
});

describe('a file with levels and gaps that training did not have', () => {
  const text = [header, goodRow, 'P2,30,,10,titanium,5,milling', 'P3,30,15,10,steel,5,sawing', 'P4,x,15,10,steel,5,milling'].join('\n');

  test('is refused row by row, or estimated as each part would be alone', async () => {
    expect(await take(text)).toMatchObject({ accepted: 1, rejected: 3 });
    const { batch, accepted, issues } = await intake.take(uploadOf(text), model, 'r', { unknown: 'estimate' });
    expect([accepted, issues.map(({ line, field }) => [line, field])]).toEqual([3, [[5, 'x_cm']]]);
    const estimates = estimatesOf(await chunks.get(connections.keys.batchParts(batch.id, 0), partsChunkSchema));
    const alone = estimator.estimate([[30, 15, 10, 'steel', 5, 'milling'], [30, null, 10, 'titanium', 5, 'milling'], [30, 15, 10, 'steel', 5, 'sawing']]);
    expect(estimates.value.map((value, row) => [value, estimates.low[row], estimates.high[row], estimates.flags[row] ?? []])).toEqual(alone);
    expect(alone[1]?.[3]).toEqual(['y_cm is missing', 'material "titanium" is unknown: no training part has it']);
  });

  test('is another upload when it is to be estimated all the same', async () => {
    const [refusing, estimating, again] = [await take(text), await intake.take(uploadOf(text), model, 'r', { unknown: 'estimate' }), await intake.take(uploadOf(text), model, 'r', { unknown: 'estimate' })];
    expect(estimating.batch.id).not.toBe(refusing.batch.id);
    expect([estimating.reused, again.reused, again.batch.id]).toEqual([false, true, estimating.batch.id]);
    expect([contentOf(uploadOf(text)), contentOf(uploadOf(text), { unknown: 'reject' }) === contentOf(uploadOf(text), { unknown: 'estimate' })]).toEqual([uploadOf(text).sha256(), false]);
  });
});

async function stored<T>(count: number, key: (id: string, chunk: number) => string, id: string, schema: Parameters<typeof chunks.get<T>>[1]): Promise<T[]> {
  return Promise.all(Array.from({ length: count }, (_, chunk) => chunks.get(key(id, chunk), schema)));
}

function estimatesOf({ values, unknown }: z.infer<typeof partsChunkSchema>): EstimateColumns {
  const out: EstimateColumns = { value: [], low: [], high: [], flags: {} };
  const rows = values[0]?.length ?? 0;
  estimator.append({ rows, columns: values.map((column) => Float64Array.from(column)), unknown }, 0, rows, out);
  return out;
}

describe('line numbers of refused rows', () => {
  test('count blank lines and line breaks within quotes', async () => {
    const text = [header, goodRow, '', '"two\nlines",0,15,10,steel,5,milling', '"a\r\nb\nc",30,15,10,steel,5,milling', ',,,,,,', 'P9,30,15,10,steel,5', 'P10,30,15,10,stel,5,milling'].join('\n');
    const { batch, accepted, rejected, blank, issues } = await take(text);
    expect({ accepted, rejected, blank }).toEqual({ accepted: 2, rejected: 3, blank: 2 });
    expect(issues.map(({ line, message }) => [line, message])).toEqual([
      [4, 'line 4, column x_cm: expected a number above 0, got "0"'],
      [10, 'line 10: expected 7 cells as in the header, got 6'],
      [11, 'line 11, column material: expected one of steel, aluminum, copper, got "stel"'],
    ]);
    expect((await chunks.get(connections.keys.batchRejected(batch.id, 0), rejectedChunkSchema)).map(({ line }) => line)).toEqual([4, 10, 11]);
  });
});

describe('nothing stays behind', () => {
  const rows = (count: number): string => Array.from({ length: count }, () => `${goodRow}\n`).join('');
  test.each<[string, string, string]>([
    ['an empty file', '', 'empty_file'],
    ['a header only', `${header}\n`, 'empty_file'],
    ['blank lines only below the header', `${header}\n\n\n , \n,,,,,,\n`, 'empty_file'],
    ['no row that can be estimated', `${header}\nP1,0,15,10,steel,5,milling\n`, 'no_acceptable_rows'],
    ['a missing column', `x_cm,y_cm\n1,2\n`, 'missing_columns'],
    ['a column twice', `${header},x_cm\n${goodRow},30\n`, 'duplicate_columns'],
    ['more rows than allowed', `${header}\n${rows(5_001)}`, 'too_many_rows'],
    ['a quote that is never closed, after thousands of good rows', `${header}\n${rows(3_000)}"P,30,15,10,steel,5,milling\n`, 'invalid_csv'],
    ['a NUL byte after thousands of good rows', `${header}\n${rows(3_000)}\u0000\n`, 'not_text'],
  ])('of %s', async (_name, text, code) => {
    await expect(take(text)).rejects.toMatchObject({ code });
    expect(await dataLeft()).toEqual([]);
  });

  test('of an upload that breaks off, wherever it does', async () => {
    const text = `${header}\n${rows(2_500)}`;
    for (const end of [0, 10, header.length + 1, 40_000, text.length]) {
      const fault = new SpindleError('upload_interrupted', 'gone');
      await expect(take(text.slice(0, end), { fault })).rejects.toBe(fault);
      expect(await dataLeft()).toEqual([]);
    }
  });

  test('of an upload that is only tried', async () => {
    expect(await intake.dryRun(uploadOf(`${header}\n${goodRow}\nP2,0,15,10,steel,5,milling\n`), model)).toMatchObject({ accepted: 1, rejected: 1, blank: 0 });
    expect(await connections.left()).toEqual([]);
  });

  test('that would last of an upload whose Redis goes away', async () => {
    const long = `${header}\n${rows(4_900)}`;
    const upload = uploadOf(long, { size: 20_000 });
    let pieces = 0;
    async function* slowly(): AsyncGenerator<Buffer> {
      for await (const piece of upload.pieces) {
        if (++pieces === 4) await redis.kill();
        yield piece;
      }
    }
    await expect(intake.take({ ...upload, pieces: slowly() }, model, 'r')).rejects.toThrow(/./);
    await redis.restart();
    expect(await dataLeft()).toEqual([]); // this Redis lost its data; one that kept it lets the pieces expire
  });
});
