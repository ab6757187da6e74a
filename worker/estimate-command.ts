import { createReadStream, createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { readArguments, required } from '../common/command-line.ts';
import { runCommand } from '../common/run-command.ts';
import { SpindleError } from '../common/errors.ts';
import { ModelReader } from '../common/model/model-reader.ts';
import { unknownPolicySchema } from '../common/part.ts';
import { collectSoon } from '../common/heap-growth.ts';
import { importOptionsOf } from '../common/files/import/import-options.ts';
import { importSummary } from '../common/files/import/import-report.ts';
import { knownVocabulary, readVocabulary } from '../common/files/import/vocabulary.ts';
import { FileEstimation, formatOf } from './file-estimation.ts';
import { RejectedFile } from './rejected-file.ts';

const usage = `usage: npm run estimate -- --data planned.csv [options]
  --data FILE       CSV or XLSX of planned parts: a header and the columns that the model needs
  --models DIR      folder of the model versions (default: MODELS_DIR, else models)
  --version V       model version (default: the current one)
  --out FILE        where to write parts and estimates (default: standard output)
  --rejected FILE   where to write the rows that were refused, with line and reason
  --unknown P       levels that no training part has, and missing values where training had none:
                    estimate (default; the row is flagged, its interval wider) or reject
  --format F        csv, json, jsonl or xlsx (default: what --out ends in, else csv)
  --out-delimiter D, --out-decimal M   of the CSV written (default: those of the file read)
The file read is understood by its content, unless told:
  --delimiter D     comma, semicolon, tab or pipe
  --decimal M       point or comma
  --encoding E      utf-8, utf-16le, utf-16be or windows-1252
  --sheet NAME      sheet of a workbook (default: the first)
  --mapping JSON    columns by field, such as {"x_cm":"Rohling L"} or {"x_cm":{"column":"Rohling L","unit":"mm"}}
  --date-format F   dmy, mdy or ymd
  --zone Z          time zone of times in the file (default: TIME_ZONE, else UTC)
  --vocabulary FILE words of the shop's files (default: VOCABULARY_FILE)`;

const options = {
  data: { type: 'string' },
  models: { type: 'string' },
  version: { type: 'string' },
  out: { type: 'string' },
  rejected: { type: 'string' },
  unknown: { type: 'string', default: 'estimate' },
  format: { type: 'string' },
  'out-delimiter': { type: 'string' },
  'out-decimal': { type: 'string' },
  delimiter: { type: 'string' },
  decimal: { type: 'string' },
  encoding: { type: 'string' },
  sheet: { type: 'string' },
  mapping: { type: 'string' },
  'date-format': { type: 'string' },
  zone: { type: 'string' },
  vocabulary: { type: 'string' },
  help: { type: 'boolean', default: false },
} as const;

/** Rejected rows that are listed on standard error. */
const listed = 20;

async function main(args: string[], environment: NodeJS.ProcessEnv): Promise<void> {
  const given = readArguments(args, options, usage);
  if (given.help) {
    process.stdout.write(`${usage}\n`);
    return;
  }
  collectSoon();
  const data = required(given.data, 'data', usage);
  const unknown = unknownPolicySchema.safeParse(given.unknown);
  if (!unknown.success) throw new SpindleError('invalid_configuration', `--unknown: expected reject or estimate, got "${given.unknown}"`);
  const { delimiter, decimal, encoding, sheet, mapping, zone } = given;
  const read = importOptionsOf({ delimiter, decimal, encoding, sheet, mapping, zone: zone ?? (environment.TIME_ZONE || undefined), date_format: given['date-format'] });
  const write = importOptionsOf({ delimiter: given['out-delimiter'], decimal: given['out-decimal'] }, 'out-');
  const format = formatOf(given.format, given.out);
  const words = given.vocabulary ?? (environment.VOCABULARY_FILE || undefined);
  const vocabulary = words === undefined ? knownVocabulary : await readVocabulary(words);
  const reader = new ModelReader(given.models ?? (environment.MODELS_DIR || 'models'));
  const version = given.version ?? (await reader.current());
  if (version === undefined) {
    const kept = (await reader.list()).at(-1);
    const instead = kept === undefined ? 'train one with npm run train' : `${kept} is there, but not current (its report tells what the gate says): name it with --version, or train with more parts or with --promote`;
    throw new SpindleError('not_found', `there is no current model version in ${reader.directory}: ${instead}, or name another folder with --models`);
  }
  const rejectedFile = given.rejected === undefined ? undefined : new RejectedFile(given.rejected);
  const estimation = new FileEstimation(await reader.load(version), {
    unknown: unknown.data,
    read,
    write,
    vocabulary,
    onRejected: async (header, understood, rows) => {
      await rejectedFile?.write(header, understood, rows);
    },
  });
  const source = createReadStream(data);
  const estimated = (pieces: AsyncIterable<Buffer>) => estimation.file(pieces, format);
  if (given.out === undefined) await pipeline(source, estimated, process.stdout);
  else await replaceFile(given.out, (path) => pipeline(source, estimated, createWriteStream(path)));
  await rejectedFile?.close();
  report(estimation);
}

/** Writes a file under another name first: one that is there stays until the new one is whole, also where it is the one being read. */
async function replaceFile(path: string, write: (temporary: string) => Promise<void>): Promise<void> {
  const temporary = `${path}.part`;
  try {
    await write(temporary);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

function report({ estimated, rejected, firstReasons, report: understood }: FileEstimation): void {
  for (const line of understood ? importSummary(understood) : []) process.stderr.write(`${line}\n`);
  for (const reason of firstReasons.slice(0, listed)) process.stderr.write(`${reason}\n`);
  if (rejected > listed) process.stderr.write(`and ${rejected - listed} more\n`);
  if (rejected > 0) process.stderr.write(`${estimated} rows estimated, ${rejected} refused\n`);
  if (estimated === 0) throw new SpindleError(rejected > 0 ? 'no_acceptable_rows' : 'empty_file', rejected > 0 ? 'no row can be estimated' : 'the file has a header and no rows');
}

await runCommand('estimate', main);
