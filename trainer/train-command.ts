import { basename } from 'node:path';
import { config } from 'dotenv';
import { readArguments, required, wholeOption } from '../common/command-line.ts';
import { errorText } from '../common/error-text.ts';
import { ModelPublisher } from './model-publisher.ts';
import { ProgressBar } from './progress-bar.ts';
import { reportSummary } from './report-summary.ts';
import { readSchemaFile } from './schema-file.ts';
import { trainAndPublish } from './train-and-publish.ts';
import { trainModel } from './train-model.ts';
import { fileSource } from './training-source.ts';

const usage = `usage: npm run train -- --data parts.csv [options]
  --data FILE     CSV of finished parts: a header, the features and the measured time
  --target NAME   column to learn (default: the current model's, else time_min)
  --schema FILE   features and target as JSON, as GET /v1/schema returns them, instead of inferring them
  --models DIR    folder of the model versions (default: MODELS_DIR, else models)
  --seed N        seed of everything random (default: 1)
  --max-rows N    rows that the file may have (default: 200000)
  --json          print the report as JSON`;

const options = {
  data: { type: 'string' },
  target: { type: 'string' },
  schema: { type: 'string' },
  models: { type: 'string' },
  seed: { type: 'string', default: '1' },
  'max-rows': { type: 'string', default: '200000' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

async function main(args: string[], environment: NodeJS.ProcessEnv): Promise<void> {
  const given = readArguments(args, options, usage);
  if (given.help) {
    process.stdout.write(`${usage}\n`);
    return;
  }
  const data = required(given.data, 'data', usage);
  const seed = wholeOption(given.seed, 'seed', 0, 2 ** 31 - 1);
  const maxRows = wholeOption(given['max-rows'], 'max-rows', 20, 10_000_000);
  const schema = given.schema === undefined ? undefined : await readSchemaFile(given.schema);
  const publisher = new ModelPublisher(given.models ?? (environment.MODELS_DIR || 'models'));
  await publisher.prepare();
  const bar = new ProgressBar(process.stderr);
  try {
    const { report } = await trainAndPublish(fileSource(data, basename(data)), publisher, { target: given.target, schema, seed, maxRows, fit: (input, onProgress) => trainModel(input, onProgress), onProgress: bar.update });
    bar.end();
    const published = await publisher.reader.metadata(report.version);
    process.stdout.write(given.json ? `${JSON.stringify(report, null, 2)}\n` : reportSummary(report, published.schema));
  } finally {
    bar.end();
  }
}

try {
  config({ quiet: true });
  await main(process.argv.slice(2), process.env);
} catch (error) {
  process.stderr.write(`spindle train: ${errorText(error)}\n`);
  process.exitCode = 1;
}
