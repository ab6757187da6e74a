import { basename } from 'node:path';
import { readArguments, required, wholeOption } from '../common/command-line.ts';
import { importOptionsOf } from '../common/files/import/import-options.ts';
import { runCommand } from '../common/run-command.ts';
import { fitInThread } from './fit-thread.ts';
import { ModelPublisher } from './model-publisher.ts';
import { ProgressBar } from './progress-bar.ts';
import { reportSummary } from './report-summary.ts';
import { readSchemaFile } from './schema-file.ts';
import { trainAndPublish } from './train-and-publish.ts';
import { fileSource, interruptible } from './training-source.ts';

const usage = `usage: npm run train -- --data parts.csv [options]
  --data FILE     CSV or XLSX of finished parts: a header, the features and the measured time
  --target NAME   column to learn (default: the current model's, else time_min)
  --schema FILE   features and target as JSON, as GET /v1/schema returns them, instead of inferring them
  --models DIR    folder of the model versions (default: MODELS_DIR, else models)
  --seed N        seed of everything random (default: 1)
  --max-rows N    rows that the file may have (default: 200000)
  --promote       make the version current whatever the gate says; the report tells both
  --json          print the report as JSON
  --delimiter D, --decimal M, --encoding E, --sheet NAME   how to read the file, where its content must not decide:
                  comma, semicolon, tab or pipe; point or comma; utf-8, utf-16le, utf-16be or windows-1252; a sheet's name`;

const options = {
  data: { type: 'string' },
  target: { type: 'string' },
  schema: { type: 'string' },
  models: { type: 'string' },
  seed: { type: 'string', default: '1' },
  'max-rows': { type: 'string', default: '200000' },
  promote: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  delimiter: { type: 'string' },
  decimal: { type: 'string' },
  encoding: { type: 'string' },
  sheet: { type: 'string' },
  help: { type: 'boolean', default: false },
} as const;

/** Returns the exit code. */
async function main(args: string[], environment: NodeJS.ProcessEnv): Promise<number> {
  const given = readArguments(args, options, usage);
  if (given.help) {
    process.stdout.write(`${usage}\n`);
    return 0;
  }
  const data = required(given.data, 'data', usage);
  const { delimiter, decimal, encoding, sheet } = given;
  const table = importOptionsOf({ delimiter, decimal, encoding, sheet });
  const seed = wholeOption(given.seed, 'seed', 0, 2 ** 31 - 1);
  const maxRows = wholeOption(given['max-rows'], 'max-rows', 20, 10_000_000);
  const schema = given.schema === undefined ? undefined : await readSchemaFile(given.schema);
  const publisher = new ModelPublisher(given.models ?? (environment.MODELS_DIR || 'models'));
  await publisher.prepare();
  const stopping = new AbortController();
  const { signal } = stopping;
  // Again is the same as once: under npm, Ctrl-C comes from the terminal and from npm.
  for (const [name, code] of [['SIGINT', 130], ['SIGTERM', 143]] as const) process.on(name, () => stopping.abort(new Stopped(code)));
  const bar = new ProgressBar(process.stderr);
  try {
    const { report, outcome, reason } = await trainAndPublish(interruptible(fileSource(data, basename(data), table), signal), publisher, {
      target: given.target,
      schema,
      seed,
      maxRows,
      promote: given.promote,
      fit: (input, onProgress) => fitInThread(input, { onProgress, signal }),
      onProgress: bar.update,
      beforePublishing: () => signal.throwIfAborted(),
    });
    bar.end();
    if (signal.aborted) process.stderr.write('spindle train: too late to stop: the version is published\n');
    if (outcome === 'superseded') process.stderr.write(`spindle train: ${report.version} is ${reason}\n`);
    const published = await publisher.reader.metadata(report.version);
    process.stdout.write(given.json ? `${JSON.stringify(report, null, 2)}\n` : reportSummary(report, published.schema, outcome));
    return 0;
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
    bar.end();
    process.stderr.write('spindle train: stopped; nothing was published\n');
    return error.exitCode;
  } finally {
    bar.end();
  }
}

/** A signal ended the training. */
class Stopped extends Error {
  readonly exitCode: number;

  constructor(exitCode: number) {
    super('the training was stopped');
    this.exitCode = exitCode;
  }
}

await runCommand('train', main);
