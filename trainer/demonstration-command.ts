import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { stringify } from 'csv-stringify';
import { readArguments, wholeOption } from '../common/command-line.ts';
import { errorText } from '../common/error-text.ts';
import { demonstrationRecords } from './demonstration.ts';

const usage = `usage: npm run demo-data -- [options]
  --rows N     parts to make (default: 1000)
  --seed N     seed of everything random (default: 1)
  --planned    leave out time_min and number the parts: a list to be estimated
  --out FILE   where to write (default: standard output)`;

const options = {
  rows: { type: 'string', default: '1000' },
  seed: { type: 'string', default: '1' },
  planned: { type: 'boolean', default: false },
  out: { type: 'string' },
  help: { type: 'boolean', default: false },
} as const;

async function main(args: string[]): Promise<void> {
  const { rows, seed, planned, out, help } = readArguments(args, options, usage);
  if (help) {
    process.stdout.write(`${usage}\n`);
    return;
  }
  const pieces = demonstrationRecords(wholeOption(rows, 'rows', 0, 10_000_000), wholeOption(seed, 'seed', 0, 2 ** 31 - 1), { planned });
  const cells = Readable.from(pieces).flatMap((records: { cells: string[] }[]) => Readable.from(records.map((record) => record.cells)));
  await pipeline(cells, stringify(), out === undefined ? process.stdout : createWriteStream(out));
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  // Whoever reads the output may have enough, as `head` does.
  if (!(error instanceof Error && 'code' in error && error.code === 'EPIPE')) {
    process.stderr.write(`spindle demo-data: ${errorText(error)}\n`);
    process.exitCode = 1;
  }
}
