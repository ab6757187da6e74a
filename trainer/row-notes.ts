import type { Inputs } from '../common/model/inputs.ts';
import type { PartSchema } from '../common/part-schema.ts';
import { bulkOf } from './far-values.ts';
import { partsOf } from './fit/repeated-parts.ts';
import type { TrainingTable } from './training-table.ts';

/** Rows that a note names, the first ones. */
const named = 3;

/** What is to be said of rows whose target no family can explain (1 in `outlying`), with the first of them by line where `read`, the same rows in the file's order, has its lines. */
export function grossErrorNotes(found: { schema: PartSchema; table: TrainingTable; outlying: Uint8Array; estimate: Float64Array }, read: { table: TrainingTable; lines?: Uint32Array | undefined }): string[] {
  const rows = found.outlying.reduce((sum, one) => sum + one, 0);
  if (rows === 0) return [];
  const { name, unit } = found.schema.target;
  const inUnit = unit === undefined ? '' : ` ${unit}`;
  const first = read.lines ? firstOf(found, read.table).map(({ at, row }) => `line ${read.lines?.[at] ?? 0}: ${figure(found.table.target[row] ?? 0)}${inUnit} where ${figure(found.estimate[row] ?? 0)} is expected`) : [];
  const [count, them] = rows === 1 ? ['1 row', 'it'] : [`${rows} rows`, 'them'];
  return [`${name} of ${count} cannot be explained by any family, as after a clock left running: nothing is learned from ${them}${listed(first, rows)}`];
}

/** The first outlying rows in the order of the file, with the row of the sorted table that is equal to each. */
function firstOf({ table, outlying }: { table: TrainingTable; outlying: Uint8Array }, file: TrainingTable): { at: number; row: number }[] {
  const byTarget = new Map<number, number[]>();
  for (const [row, one] of outlying.entries()) {
    const target = table.target[row] ?? 0;
    if (one === 1) byTarget.set(target, [...(byTarget.get(target) ?? []), row]);
  }
  const first: { at: number; row: number }[] = [];
  for (let at = 0; at < file.rows && first.length < named; at++) {
    const candidates = byTarget.get(file.target[at] ?? 0) ?? [];
    const found = candidates.findIndex((row) => table.columns.every((column, f) => Object.is(column[row], file.columns[f]?.[at])));
    // Of equal rows each is taken once.
    for (const row of found < 0 ? [] : candidates.splice(found, 1)) first.push({ at, row });
  }
  return first;
}

/** What is to be said of a table in canonical order where rows repeat others in every cell, and of parts with several rows, which are estimated without any of these. */
export function repeatNotes(table: TrainingTable, inputs: Inputs): string[] {
  const columns = [table.target, ...table.columns];
  let repeated = 0;
  for (let row = 1; row < table.rows; row++) if (columns.every((values) => Object.is(values[row], values[row - 1]))) repeated++;
  const parts = new Set(partsOf(inputs)).size;
  return [
    ...(repeated === 0 ? [] : [`${repeated} of ${table.rows} rows ${repeated === 1 ? 'repeats' : 'repeat'} another one in every cell: look whether they were pasted twice, for each counts`]),
    ...(parts === table.rows ? [] : [`the ${table.rows} rows are of ${parts} parts that differ in what is learned from: errors and intervals are those of parts that the model has not seen`]),
  ];
}

/** What is to be said of values absurdly far from all others, which are not in the learned ranges. */
export function farValueNotes(schema: PartSchema, table: TrainingTable, lines: Uint32Array): string[] {
  return schema.features.flatMap(({ name, levels }, f) => {
    const values = table.columns[f];
    const bulk = levels || !values ? undefined : bulkOf(values);
    if (!values || !bulk || bulk.far === 0) return [];
    const first: string[] = [];
    for (let row = 0; row < values.length && first.length < named; row++) {
      const value = values[row] ?? NaN;
      if (value < bulk.min || value > bulk.max) first.push(`line ${lines[row] ?? 0}: ${value}`);
    }
    const count = bulk.far === 1 ? '1 value is' : `${bulk.far} values are`;
    return [`${name}: ${count} absurdly far from the others, which go from ${bulk.min} to ${bulk.max}, and not in the learned range${listed(first, bulk.far)}`];
  });
}

const listed = (first: readonly string[], count: number): string => (first.length === 0 ? '' : ` (${first.join('; ')}${count > first.length ? '; …' : ''})`);

/** Four digits, thousands set apart: 4,210. */
const figure = (value: number): string => Number(value.toPrecision(4)).toLocaleString('en-US', { maximumFractionDigits: 4 });
