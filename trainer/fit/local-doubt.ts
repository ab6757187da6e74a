import { fitDoubt } from './doubt.ts';
import type { Member } from './member.ts';
import { quantile } from './quantile-knots.ts';

/** Share of the values that must be above 0 for the doubt to go by their size, and the quantile of those below which it shrinks no further. */
const mostlyPositive = 0.9;
const smallestShare = 0.01;

/**
 * By row: how large errors usually are there, σ ∝ value^β with β from 0 to 1 learned from some rows, of mean square 1. Weights learned from errors in these units do justice to parts of all sizes
 * (generalized least squares: Aitken, 1936, doi:10.1017/S0370164600014346): where times span powers of ten, the squares of the largest say nothing of the others. 1 throughout where values may be negative.
 */
export function localDoubts(members: readonly Member[], target: Float64Array, rows: Uint32Array): Float64Array {
  const even = new Float64Array(target.length).fill(1);
  const values = target.map((_, row) => median(members.map(({ outOfFold }) => outOfFold[row] ?? 0)));
  const positive = values.filter((value) => value > 0).sort();
  if (positive.length < mostlyPositive * values.length) return even;
  const offset = quantile(positive, smallestShare);
  const logs = values.map((value) => Math.log(Math.max(0, value) + offset));
  const errors = target.map((actual, row) => median(members.map(({ outOfFold }) => Math.abs((outOfFold[row] ?? 0) - actual))));
  const { coefficients } = fitDoubt([{ of: 'value', offset, lowest: -Infinity, highest: Infinity, coefficient: 0 }], [logs], errors, [...rows], even);
  const growth = Math.max(0, Math.min(1, coefficients[0] ?? 0));
  const largest = logs.reduce((a, b) => Math.max(a, b), -Infinity);
  const doubts = logs.map((log) => Math.exp(growth * (log - largest)));
  const typical = Math.sqrt(doubts.reduce((sum, doubt) => sum + doubt ** 2, 0) / doubts.length);
  return doubts.map((doubt) => doubt / typical);
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[values.length >> 1] ?? 0;
}
