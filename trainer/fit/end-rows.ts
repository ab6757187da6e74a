import type { Inputs } from '../../common/model/inputs.ts';

/** Numbers whose ends are held out, the first ones: each costs a fit of every family. */
const maxNumbers = 8;
/** Share of the rows at an end: enough to reach as far beyond the others as parts larger than any before are. */
const share = 0.2;
/** Rows at an end from which a smaller share will do. */
const manyRows = 800;

/** For each number the rows with its largest fifth and with its smallest fifth of values, or fewer where there are many, ascending by row: what lies beyond for whoever has not seen them. */
export function endRows(inputs: Inputs): Uint32Array[] {
  const wanted = Math.round(Math.min(share * inputs.rows, Math.max(manyRows, 0.05 * inputs.rows)));
  if (wanted < 5) return [];
  return inputs.numbers.slice(0, maxNumbers).flatMap((values) => {
    const sorted = Float64Array.from(values).sort();
    const low = sorted[wanted] ?? 0;
    const high = sorted[inputs.rows - 1 - wanted] ?? 0;
    const below = rowsWhere(values, (value) => value < low);
    const above = rowsWhere(values, (value) => value > high);
    return [below, above].filter((rows) => rows.length >= 3 && rows.length <= 2 * wanted);
  });
}

function rowsWhere(values: Float64Array, condition: (value: number) => boolean): Uint32Array {
  const rows: number[] = [];
  for (let row = 0; row < values.length; row++) if (condition(values[row] ?? 0)) rows.push(row);
  return Uint32Array.from(rows);
}
