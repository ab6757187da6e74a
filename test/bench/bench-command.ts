import { writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { readArguments } from '../../common/command-line.ts';
import { SpindleError, messageOf } from '../../common/errors.ts';
import { removeLeftovers } from '../support/leftovers.ts';
import { type Budget, budgetTable, isMet } from './budget.ts';
import { CompiledProcesses } from './compiled-processes.ts';
import { fullEffort, quickEffort } from './effort.ts';
import { cachedPart } from './rows/cached-part.ts';
import { distinctParts } from './rows/distinct-parts.ts';
import { largeBatch } from './rows/large-batch.ts';
import { lonePart } from './rows/lone-part.ts';
import { moreWorkers } from './rows/more-workers.ts';
import { partDuringBatch } from './rows/part-during-batch.ts';
import { Workbench } from './workbench.ts';

/** The rows of DESIGN.md's budget table by the name that --only takes. */
const rows: Record<string, (bench: Workbench) => Promise<Budget[]>> = {
  cached: cachedPart,
  distinct: distinctParts,
  lone: lonePart,
  batch: largeBatch,
  during: partDuringBatch,
  workers: moreWorkers,
};

const usage = `usage: npm run bench -- [--only ${Object.keys(rows).join('|')}] [--quick] [--json file]`;
const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** Measures and prints the table. Figures that fall short are no failure; only what breaks is. */
async function bench(args: readonly string[]): Promise<void> {
  const options = readArguments(args, { only: { type: 'string' }, quick: { type: 'boolean' }, json: { type: 'string' } }, usage);
  const chosen = Object.entries(rows).filter(([name]) => options.only === undefined || name === options.only);
  if (chosen.length === 0) throw new SpindleError('invalid_configuration', `--only: there is no row ${options.only}\n${usage}`);

  const workbench = await Workbench.prepare(options.quick ? quickEffort : fullEffort, programs);
  const budgets: Budget[] = [];
  for (const [name, measure] of chosen) {
    const start = performance.now();
    const measured = await measure(workbench);
    budgets.push(...measured);
    say(`${name} measured in ${((performance.now() - start) / 1_000).toFixed(1)} s`);
  }
  await workbench.end();

  process.stdout.write(`${budgetTable(budgets)}\n`);
  if (options.json === undefined) return;
  const machine = { processors: cpus().length, model: cpus()[0]?.model, memoryMb: Math.round(totalmem() / 1e6), node: process.version, redis: workbench.redisVersion };
  const report = { madeAt: new Date().toISOString(), quick: options.quick ?? false, machine, rows: budgets.map((budget) => ({ ...budget, ok: isMet(budget) })) };
  writeFileSync(options.json, `${JSON.stringify(report, null, 2)}\n`);
}

/** Ends and removes all that the bench has started and made. */
function clearAway(): void {
  removeLeftovers();
  programs.remove();
}

const programs = new CompiledProcesses();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    clearAway();
    process.exit(1);
  });
}
try {
  await bench(process.argv.slice(2));
} catch (error) {
  say(`bench: ${error instanceof SpindleError ? messageOf(error) : error instanceof Error ? error.stack : String(error)}`);
  process.exitCode = 1;
} finally {
  clearAway();
}
process.exit();
