import { setImmediate as nextTurn } from 'node:timers/promises';
import { SpindleError, messageOf } from '../common/errors.ts';
import type { ModelFile } from '../common/model/model-file.ts';
import { type ModelReader, estimatorOf } from '../common/model/model-reader.ts';
import { featuresRead, regressionOf } from '../common/model/regression.ts';
import { isDemonstration } from '../common/model/report.ts';
import { type PartColumns, decimal } from '../common/part.ts';
import type { Feature, PartSchema } from '../common/part-schema.ts';
import { fingerprintRows } from './row-fingerprints.ts';
import { storedResiduals } from './training-rows.ts';
import type { TrainingTable } from './training-table.ts';

/** What a candidate is compared with: the current version's honest residuals on the candidate's rows, or why there are none. */
export type Rival =
  | { kind: 'none'; why: string | undefined }
  | { kind: 'incomparable'; version: string; differences: string[]; isDemonstration: boolean }
  | {
      kind: 'comparable';
      version: string;
      /** Actual - estimate; NaN for a row that it cannot estimate. */
      residuals: Float64Array;
      /** Rows that it has learned from, these or others. */
      rowsLearned: number;
      /** 1 for a row that it has not learned from. */
      isNew: Uint8Array;
      /** Its schema with the ranges that it has learned, and the features that it reads. */
      before: PartSchema;
      read: ReadonlySet<string>;
      isDemonstration: boolean;
      /** What the candidate asks for differently, in words. */
      changes: string[];
    };

/** Rows estimated in one turn of the event loop: some milliseconds. */
const rowsAtOnce = 4_096;

/**
 * The current version as a rival on these rows. Where it has learned from a row, its residual out of fold is what it stored with its model; else it estimates the row as any other part.
 * A version from before such residuals were stored estimates all.
 */
export async function rivalOn(reader: ModelReader, schema: PartSchema, table: TrainingTable): Promise<Rival> {
  let version: string | undefined;
  try {
    version = await reader.current();
    if (version === undefined) return { kind: 'none', why: undefined };
    const current = await reader.read(version);
    estimatorOf(current);
    const differences = differencesOf(current, schema);
    if (differences.length > 0) return { kind: 'incomparable', version, differences, isDemonstration: isDemonstration(current.report) };
    return { kind: 'comparable', version, rowsLearned: current.report.data.rows_used, ...(await residualsOf(current, schema, table)), before: current.schema, read: featuresRead(current.model.regression), isDemonstration: isDemonstration(current.report), changes: changesFrom(current.schema, schema) };
  } catch (error) {
    if (!(error instanceof SpindleError || error instanceof RangeError)) throw error;
    return { kind: 'none', why: `the current version${version === undefined ? '' : ` ${version}`} cannot be loaded (${messageOf(error)})` };
  }
}

/** What keeps the current model from estimating these parts: another target, or features that it reads and they do not have. */
function differencesOf({ schema: before, model }: { schema: PartSchema; model: ModelFile }, schema: PartSchema): string[] {
  const { target } = schema;
  const differences: string[] = [];
  if (target.name !== before.target.name) differences.push(`it predicts ${target.name}, not ${before.target.name}`);
  else if (hasOtherUnit(target, before.target)) differences.push(`it predicts ${target.name} in ${target.unit ?? ''}, not in ${before.target.unit ?? ''}`);
  const read = featuresRead(model.regression);
  const features = new Map(schema.features.map((feature) => [feature.name, feature]));
  const lacking = before.features.map(({ name }) => name).filter((name) => read.has(name) && !features.has(name));
  if (lacking.length > 0) differences.push(`the data have no ${listed(lacking)}`);
  for (const known of before.features) {
    const feature = features.get(known.name);
    if (feature && read.has(known.name) && hasOtherUnit(feature, known)) differences.push(`${known.name} is in ${feature.unit ?? ''}, not in ${known.unit ?? ''}`);
  }
  return differences;
}

const hasOtherUnit = (one: { unit?: string | undefined }, other: { unit?: string | undefined }): boolean => one.unit !== undefined && other.unit !== undefined && one.unit !== other.unit;

/** Whoever calls the API has to follow these. */
function changesFrom(before: PartSchema, now: PartSchema): string[] {
  const [old, names] = [before.features.map(({ name }) => name), now.features.map(({ name }) => name)];
  const gone = old.filter((name) => !names.includes(name));
  const added = names.filter((name) => !old.includes(name));
  return [...(gone.length > 0 ? [`no longer takes ${listed(gone)}`] : []), ...(added.length > 0 ? [`now takes ${listed(added)}`] : [])];
}

const maxListed = 12;

function listed(names: readonly string[]): string {
  return names.length > maxListed ? `${names.slice(0, maxListed).join(', ')} and ${names.length - maxListed} more` : names.join(', ');
}

async function residualsOf({ schema: before, model }: { schema: PartSchema; model: ModelFile }, schema: PartSchema, table: TrainingTable): Promise<{ residuals: Float64Array; isNew: Uint8Array }> {
  const parts = columnsFor(before, schema, table);
  const residuals = model.training_rows
    ? storedResiduals(model.training_rows, fingerprintRows(before, { ...parts, target: table.target }, featuresRead(model.regression)))
    : new Float64Array(table.rows).fill(NaN);
  const isNew = Uint8Array.from(residuals, (residual) => (Number.isNaN(residual) ? 1 : 0));
  const regression = regressionOf(model, before);
  for (let from = 0; from < table.rows; from += rowsAtOnce) {
    const to = Math.min(table.rows, from + rowsAtOnce);
    if (!isNew.subarray(from, to).includes(1)) continue;
    const { value } = regression.predict(parts, from, to);
    for (let row = from; row < to; row++) if (isNew[row] === 1) residuals[row] = (table.target[row] ?? 0) - Math.max(0, value[row - from] ?? NaN);
    await nextTurn();
  }
  return { residuals, isNew };
}

/** A table's parts as another schema has them: levels by their names, and NaN where a feature is not there. */
export function columnsFor(wanted: PartSchema, schema: PartSchema, table: PartColumns): PartColumns {
  const columns = wanted.features.map((feature) => {
    const f = schema.features.findIndex(({ name }) => name === feature.name);
    const values = table.columns[f];
    const given = schema.features[f];
    return values && given ? columnFor(feature, given, values) : new Float64Array(table.rows).fill(NaN);
  });
  return { rows: table.rows, columns };
}

function columnFor(wanted: Feature, given: Feature, values: Float64Array): Float64Array {
  if (!wanted.levels) {
    const ofLevel = given.levels?.map((level) => decimal(level) ?? NaN);
    return ofLevel ? values.map((code) => ofLevel[code] ?? NaN) : values;
  }
  const codes = new Map(wanted.levels.map((level, code) => [level, code]));
  const ofLevel = given.levels?.map((level) => codes.get(level) ?? -1);
  return values.map((value) => (Number.isNaN(value) ? NaN : ofLevel ? (ofLevel[value] ?? -1) : (codes.get(String(value)) ?? -1)));
}
