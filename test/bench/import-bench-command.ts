import { Readable } from 'node:stream';
import { parse } from 'csv-parse';
import { PartFile } from '../../common/files/import/part-file.ts';
import { knownVocabulary } from '../../common/files/import/vocabulary.ts';
import { PartReader } from '../../common/part.ts';
import { writtenWorkbook } from '../fixtures/written-workbook.ts';
import { partSchema } from '../support/model-versions.ts';

// Import of plain rows beside csv-parse alone reading the same bytes into objects, taking turns in one process; then of a workbook.
// npx tsx test/bench/import-bench-command.ts [rows] [sheet rows]
const rows = Number(process.argv[2] ?? 1_000_000);
const sheetRows = Number(process.argv[3] ?? 100_000);
const materials = ['steel', 'aluminum', 'copper'];
const processes = ['turning', 'drilling', 'milling'];
const header = ['part_id', 'x_cm', 'y_cm', 'z_cm', 'material', 'complexity', 'process'];
const part = (n: number): [string, number, number, number, string, number, string] => [`P${n}`, 10 + (n % 4_000) / 100, 5 + (n % 2_500) / 100, 2 + (n % 1_300) / 100, materials[n % 3] ?? '', 1 + (n % 10), processes[Math.floor(n / 3) % 3] ?? ''];

/** The file, made as it is read: it never lies in memory. */
async function* bytes(quoted: boolean): AsyncGenerator<Uint8Array> {
  let text = `${header.join(',')}\n`;
  for (let n = 0; n < rows; n++) {
    text += `${part(n).map((cell) => (quoted ? `"${cell}"` : cell)).join(',')}\n`;
    if (text.length < 65_536) continue;
    yield await Promise.resolve(Buffer.from(text));
    text = '';
  }
  yield Buffer.from(text);
}

async function seconds(run: () => Promise<number>): Promise<{ seconds: number; read: number }> {
  const { user, system } = process.cpuUsage();
  const read = await run();
  const used = process.cpuUsage({ user, system });
  return { seconds: (used.user + used.system) / 1e6, read };
}

const nothing = (quoted: boolean) => async (): Promise<number> => {
  let read = 0;
  for await (const piece of bytes(quoted)) read += piece.length > 0 ? 1 : 0;
  return read;
};

const objects = (quoted: boolean) => async (): Promise<number> => {
  let read = 0;
  for await (const record of Readable.from(bytes(quoted)).pipe(parse({ columns: true })) as AsyncIterable<object>) read += record ? 1 : 0;
  return read;
};

async function imported(source: AsyncIterable<Uint8Array>): Promise<number> {
  const file = await PartFile.open(source, { reader: new PartReader(partSchema), vocabulary: knownVocabulary, options: {}, zone: 'UTC', unknown: 'reject' });
  let read = 0;
  for await (const piece of file.rows()) {
    const sorted = file.none();
    for (const row of piece) file.sort(row, sorted);
    read += sorted.accepted.cells.length;
  }
  return read;
}

for (const quoted of [false, true]) {
  const making = await seconds(nothing(quoted));
  for (let round = 1; round <= 2; round++) {
    const alone = await seconds(objects(quoted));
    const ours = await seconds(() => imported(bytes(quoted)));
    const [base, own] = [alone.seconds - making.seconds, ours.seconds - making.seconds];
    process.stdout.write(`${ours.read} ${quoted ? 'quoted' : 'plain'} rows: import ${own.toFixed(2)} s of CPU, csv-parse alone ${base.toFixed(2)} s, ratio ${(own / base).toFixed(2)} (at most 1.5)\n`);
  }
}
process.stdout.write(`largest memory ${Math.round(process.resourceUsage().maxRSS / 1_000)} MB\n`);
const book = await writtenWorkbook({ Parts: [header, ...Array.from({ length: sheetRows }, (_, n) => part(n))] });
const started = performance.now();
const read = await imported(Readable.from([book]));
process.stdout.write(`${read} rows of a workbook in ${((performance.now() - started) / 1_000).toFixed(1)} s (at most 20)\n`);
