import type { Inputs } from './inputs.ts';

/** Something that predicts. */
export type Predict = (inputs: Inputs) => Float64Array;

/** Inputs that belong to one feature: they come and go together. */
export interface Player {
  numbers: number[];
  categories: number[];
}

/** Shares of one prediction: base + Σ shares = the prediction. `error` is the largest standard error of a share; 0 where they are exact for this background. */
export interface Shares {
  base: number;
  shares: Float64Array;
  error: number;
}

/** Predictions that an exact computation may take. */
const maxExact = 2_048;

/**
 * Interventional Shapley values of one part against background parts (Shapley, 1953; Lundberg and Lee, 2017, arXiv:1705.07874): the mean over all orders of the features of what the
 * prediction gains when the feature's value takes the place of the background's. All coalitions where those are few, else orders in pairs of one and its reverse
 * (Mitchell and others, 2022, jmlr.org/papers/v23/21-0439), as many as there are background parts.
 */
export function shapleyShares(predict: Predict, part: Inputs, background: Inputs, players: readonly Player[]): Shares {
  return background.rows * 2 ** players.length <= maxExact ? exactShares(predict, part, background, players) : sampledShares(predict, part, background, players);
}

function exactShares(predict: Predict, part: Inputs, background: Inputs, players: readonly Player[]): Shares {
  const k = players.length;
  const coalitions = 2 ** k;
  const b = background.rows;
  const rows = Array.from({ length: coalitions * b }, (_, i) => ({ from: i % b, of: (player: number) => ((Math.floor(i / b) >> player) & 1) === 1 }));
  const predicted = predict(mixed(part, background, players, rows));
  const value = Float64Array.from({ length: coalitions }, (_, s) => predicted.subarray(s * b, (s + 1) * b).reduce((sum, one) => sum + one, 0) / b);
  // |S|! (k - 1 - |S|)! / k!
  const weights = Float64Array.from({ length: k }, (_, size) => 1 / (k * binomial(k - 1, size)));
  const shares = Float64Array.from(players, (_, player) => {
    let share = 0;
    for (let s = 0; s < coalitions; s++) {
      if (((s >> player) & 1) === 1) continue;
      share += (weights[bits(s)] ?? 0) * ((value[s | (1 << player)] ?? 0) - (value[s] ?? 0));
    }
    return share;
  });
  return { base: value[0] ?? 0, shares, error: 0 };
}

function sampledShares(predict: Predict, part: Inputs, background: Inputs, players: readonly Player[]): Shares {
  const k = players.length;
  const b = background.rows;
  const orders = Array.from({ length: b }, (_, r) => shuffled(k, r + 1)).flatMap((order) => [order, [...order].reverse()]);
  const rows = orders.flatMap((order, o) => {
    const rank = new Uint16Array(k);
    for (const [at, player] of order.entries()) rank[player] = at;
    return Array.from({ length: k + 1 }, (_, taken) => ({ from: o >> 1, of: (player: number) => (rank[player] ?? 0) < taken }));
  });
  const predicted = predict(mixed(part, background, players, rows));
  const gains = players.map(() => new Float64Array(b));
  let base = 0;
  for (const [o, order] of orders.entries()) {
    base += (predicted[o * (k + 1)] ?? 0) / orders.length;
    for (const [at, player] of order.entries()) {
      const of = gains[player];
      if (of) of[o >> 1] = (of[o >> 1] ?? 0) + ((predicted[o * (k + 1) + at + 1] ?? 0) - (predicted[o * (k + 1) + at] ?? 0)) / 2;
    }
  }
  const shares = Float64Array.from(gains, (of) => of.reduce((sum, gain) => sum + gain, 0) / b);
  const error = gains.reduce((largest, of, player) => Math.max(largest, Math.sqrt(of.reduce((sum, gain) => sum + (gain - (shares[player] ?? 0)) ** 2, 0) / (b * Math.max(1, b - 1)))), 0);
  return { base, shares, error };
}

/** A row for each recipe: the part's inputs of the players that are in, a background part's for the others. */
function mixed(part: Inputs, background: Inputs, players: readonly Player[], rows: readonly { from: number; of: (player: number) => boolean }[]): Inputs {
  const numbers = background.numbers.map((values) => Float64Array.from(rows, ({ from }) => values[from] ?? 0));
  const categories = background.categories.map((groups) => Int32Array.from(rows, ({ from }) => groups[from] ?? -1));
  for (const [p, player] of players.entries()) {
    for (const [row, { of }] of rows.entries()) {
      if (!of(p)) continue;
      for (const input of player.numbers) (numbers[input] ?? new Float64Array())[row] = part.numbers[input]?.[0] ?? 0;
      for (const input of player.categories) (categories[input] ?? new Int32Array())[row] = part.categories[input]?.[0] ?? -1;
    }
  }
  return { rows: rows.length, numbers, categories };
}

/** A fixed shuffle of 0 … count - 1 (Fisher and Yates, by a linear congruential generator): the same explanation every time. */
function shuffled(count: number, seed: number): number[] {
  const order = Array.from({ length: count }, (_, i) => i);
  let state = (seed * 2_654_435_761) >>> 0;
  for (let last = count - 1; last > 0; last--) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const other = Math.floor((state / 2 ** 32) * (last + 1));
    [order[last], order[other]] = [order[other] ?? 0, order[last] ?? 0];
  }
  return order;
}

function bits(value: number): number {
  let count = 0;
  for (let rest = value; rest > 0; rest &= rest - 1) count++;
  return count;
}

function binomial(n: number, k: number): number {
  let result = 1;
  for (let i = 0; i < k; i++) result = (result * (n - i)) / (i + 1);
  return result;
}
