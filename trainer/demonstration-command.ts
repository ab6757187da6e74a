import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { stringify } from 'csv-stringify';
import { readArguments, wholeOption } from '../common/command-line.ts';
import { runCommand } from '../common/run-command.ts';
import { SpindleError } from '../common/errors.ts';
import { withOrders } from './demonstration-orders.ts';
import { demonstrationRecords } from './demonstration.ts';

const usage = `usage: npm run demo-data -- [options]
  --rows N     parts to make (default: 1000)
  --seed N     seed of everything random (default: 1)
  --planned    leave out time_min and number the parts: a list to be estimated
  --due-from D with --planned: also quantities, priorities and due dates in the days after D, such as 2026-11-23
  --out FILE   where to write (default: standard output)`;

const options = {
  rows: { type: 'string', default: '1000' },
  seed: { type: 'string', default: '1' },
  planned: { type: 'boolean', default: false },
  'due-from': { type: 'string' },
  out: { type: 'string' },
  help: { type: 'boolean', default: false },
} as const;

async function main(args: string[]): Promise<void> {
  const { rows: rowsText, seed: seedText, planned, 'due-from': dueFrom, out, help } = readArguments(args, options, usage);
  if (help) {
    process.stdout.write(`${usage}\n`);
    return;
  }
  const [rows, seed] = [wholeOption(rowsText, 'rows', 0, 10_000_000), wholeOption(seedText, 'seed', 0, 2 ** 31 - 1)];
  const parts = demonstrationRecords(rows, seed, { planned });
  const pieces = dueFrom === undefined ? parts : withOrders(parts, { start: dueDate(dueFrom, planned), rows, seed });
  const cells = Readable.from(pieces).flatMap((records: { cells: string[] }[]) => Readable.from(records.map((record) => record.cells)));
  await pipeline(cells, stringify(), out === undefined ? process.stdout : createWriteStream(out));
}

/** Throws `invalid_configuration` for what is no date, and for finished parts. */
function dueDate(text: string, planned: boolean): Date {
  if (!planned) throw new SpindleError('invalid_configuration', '--due-from: only planned parts are due: add --planned');
  const date = /^\d{4}-\d{2}-\d{2}$/.test(text) ? new Date(`${text}T00:00:00Z`) : new Date(NaN);
  if (Number.isNaN(date.getTime())) throw new SpindleError('invalid_configuration', `--due-from: expected a date such as 2026-11-23, got "${text}"`);
  return date;
}

await runCommand('demo-data', main);
