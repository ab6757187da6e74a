import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'csv-parse/sync';
import { z } from 'zod';
import { estimateColumnNames } from '../../../common/estimate.ts';
import { csvText } from '../../../common/files/export/csv-text.ts';
import type { PartSchema } from '../../../common/part-schema.ts';
import type { TrainingTable } from '../../../trainer/training-table.ts';
import type { RegressionSplit } from './regression-set.ts';
import type { Trial } from './trial.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const reportSchema = z.object({ version: z.string(), families: z.array(z.object({ name: z.string(), weight: z.number() })) });

/** Through `npm run train` and `npm run estimate` as they are built, CSV in and CSV out: with the split's schema in a file, or with what the command infers. */
export const triedByCommand =
  (schemaFrom: 'file' | 'inference') =>
  ({ schema, train, test }: RegressionSplit, seed: number): Trial => {
    const folder = mkdtempSync(join(tmpdir(), 'spindle-bench-model-'));
    try {
      const file = (name: string, text?: string): string => {
        if (text !== undefined) writeFileSync(join(folder, name), text);
        return join(folder, name);
      };
      const models = file('models');
      const given = schemaFrom === 'file' ? ['--schema', file('schema.json', JSON.stringify(schema))] : [];
      const start = performance.now();
      const printed = run('trainer/train-command.js', ['--data', file('train.csv', csvOf(schema, train, true)), '--target', schema.target.name, '--models', models, '--seed', String(seed), '--json', ...given]);
      const trained = performance.now();
      const { version, families } = reportSchema.parse(JSON.parse(printed));
      run('worker/estimate-command.js', ['--data', file('test.csv', csvOf(schema, test, false)), '--models', models, '--version', version, '--out', file('estimates.csv')]);
      const done = performance.now();
      const rows = z.array(z.record(z.string(), z.string())).parse(parse(readFileSync(file('estimates.csv')), { columns: true }));
      if (rows.length !== test.rows) throw new Error(`${rows.length} of ${test.rows} parts were estimated`);
      const [value, low, high] = estimateColumnNames(schema.target.name);
      const column = (name: string): Float64Array => Float64Array.from(rows, (row) => Number(row[name]));
      return {
        value: column(value),
        low: column(low),
        high: column(high),
        trainingSeconds: (trained - start) / 1e3,
        microseconds: (1e3 * (done - trained)) / test.rows,
        bytes: statSync(join(models, version, 'model.json')).size,
        weights: families,
      };
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  };

function run(program: string, args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'dist', program), ...args], { cwd: root, encoding: 'utf8', maxBuffer: 2 ** 28 });
  if (status !== 0) throw new Error(`${program} failed: ${stderr}`);
  return stdout;
}

function csvOf({ features, target }: PartSchema, table: TrainingTable, withTarget: boolean): string {
  const header = [...features.map(({ name }) => name), ...(withTarget ? [target.name] : [])];
  const lines = Array.from({ length: table.rows }, (_, row) => {
    const cells = features.map(({ levels }, f) => {
      const value = table.columns[f]?.[row] ?? NaN;
      return Number.isNaN(value) ? '' : levels ? (levels[value] ?? 'a level of the test alone') : String(value);
    });
    return csvText(withTarget ? [...cells, String(table.target[row])] : cells, ',');
  });
  return `${[csvText(header, ','), ...lines].join('\n')}\n`;
}
