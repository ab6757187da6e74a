import type { Feature, PartSchema } from '../common/part-schema.ts';
import type { TrainingTable } from './training-table.ts';

/** Distinct values without which a column may fit the target by chance. */
const fewValues = 20;
/** Squared correlation from which a column says what the target is: what is left has a hundredth of the target's deviation. */
const almostOne = 0.9999;
/** Rows, evenly spread, that order is compared on. */
const orderedRows = 2_000;

/** Days of Excel from 2000 to 2060, and the first of its calendar that it counts like all others. */
const excelDays = { from: 36_526, to: 58_805 };
const excelEpoch = Date.UTC(1899, 11, 30);
const dayMs = 86_400_000;
const likeDate = /date|datum|fecha|(?:^|[_\s.-])(?:day|tag|on|am|at)$|created|finished|started|due/i;

/** What is to be said of numbers that hardly are features of parts to come: the target once more, and days of a calendar. `table` is in the order of the file. */
export function columnNotes({ features, target }: PartSchema, table: TrainingTable): string[] {
  return features.flatMap((feature, f) => {
    const values = table.columns[f];
    if (!values || feature.levels) return [];
    const note = targetNote(feature.name, target.name, values, table.target) ?? daysNote(feature, values);
    return note === undefined ? [] : [note];
  });
}

function targetNote(name: string, targetName: string, values: Float64Array, target: Float64Array): string | undefined {
  const rows = [...values.keys()].filter((row) => !Number.isNaN(values[row]));
  if (rows.length < fewValues) return undefined;
  const [x, y] = [values, target].map((column) => Float64Array.from(rows, (row) => column[row] ?? 0));
  if (!x || !y || new Set(x).size < fewValues) return undefined;
  const advice = 'if it is known only once a part is finished, no estimate can be asked with it: leave it out';
  if (squaredCorrelation(x, y) >= almostOne) {
    const factor = sum(y) / sum(x);
    const rest = x.reduce((most, value, row) => Math.max(most, Math.abs((y[row] ?? 0) - factor * value)), 0);
    const isMultiple = rest <= 0.02 * y.reduce((most, value) => Math.max(most, value), 0);
    return `${name} looks like ${targetName}${isMultiple ? ` in another unit (${targetName} = ${Number(factor.toPrecision(4))} × ${name})` : ', but for a constant'}: ${advice}`;
  }
  const step = Math.max(1, Math.ceil(x.length / orderedRows));
  const [ofX, ofY] = [x, y].map((column) => ranks(column.filter((_, row) => row % step === 0)));
  return ofX && ofY && squaredCorrelation(ofX, ofY) >= almostOne ? `${name} tells ${targetName} almost exactly: ${advice}` : undefined;
}

function daysNote({ name }: Feature, values: Float64Array): string | undefined {
  const days = values.filter((value) => !Number.isNaN(value));
  const [first = 0] = days;
  if (days.length < fewValues || !days.every((day) => day >= excelDays.from && day <= excelDays.to)) return undefined;
  const ascends = (sign: number): boolean => days.every((day, row) => row === 0 || sign * (day - (days[row - 1] ?? 0)) >= 0);
  const isInOrder = days.every(Number.isInteger) && new Set(days).size >= fewValues && (ascends(1) || ascends(-1));
  if (!isInOrder && !likeDate.test(name)) return undefined;
  return `${name} looks like days as Excel counts them (${first} is ${new Date(excelEpoch + Math.floor(first) * dayMs).toISOString().slice(0, 10)}): parts to come lie beyond all that was learned; leave it out, or give what matters of it, such as days since an overhaul`;
}

/** Squared correlation of two columns; 0 where one does not vary. Scaled first, so that no square overflows. */
function squaredCorrelation(x: Float64Array, y: Float64Array): number {
  const [a, b] = [centred(x), centred(y)];
  const product = a.reduce((total, value, row) => total + value * (b[row] ?? 0), 0);
  return product ** 2 / (sum(a.map((value) => value ** 2)) * sum(b.map((value) => value ** 2)) || 1);
}

function centred(values: Float64Array): Float64Array {
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;
  const scaled = values.map((value) => value / largest);
  const mean = sum(scaled) / scaled.length;
  return scaled.map((value) => value - mean);
}

/** Position of each value among all, the mean position of equal ones. */
function ranks(values: Float64Array): Float64Array {
  const order = Uint32Array.from(values.keys()).sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0));
  const out = new Float64Array(values.length);
  for (let from = 0, to = 0; from < order.length; from = to) {
    while (to < order.length && values[order[to] ?? 0] === values[order[from] ?? 0]) to++;
    for (let at = from; at < to; at++) out[order[at] ?? 0] = (from + to - 1) / 2;
  }
  return out;
}

const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0);
