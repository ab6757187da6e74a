import type { Inputs } from '../../common/model/inputs.ts';

/** Numbers whose ends are held out, the first ones: each costs a fit of every family. */
const maxNumbers = 8;
const share = 0.1;

/** For each number the rows with its largest tenth and with its smallest tenth of values, ascending by row: what lies beyond for whoever has not seen them. */
export function endRows(inputs: Inputs): Uint32Array[] {
  const wanted = Math.round(share * inputs.rows);
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
