import type { Inputs } from './inputs.ts';

/** Something that predicts. */
export type Predict = (inputs: Inputs) => Float64Array;

/** Inputs that belong to one feature: they come and go together. */
export interface Player {
  numbers: number[];
  categories: number[];
}

/** Parts that another is explained against, with weights that sum to 1. */
export interface Background {
  parts: Inputs;
  weights: Float64Array;
}

/** Shares of one prediction: base + Σ shares = the prediction. `error` is the largest standard error of a share, of the sampling of orders alone; 0 where there was none. */
export interface Shares {
  base: number;
  shares: Float64Array;
  error: number;
}

/** Predictions that an exact computation may take, and that a sampled one takes about. */
const affordable = 1_024;
/** Pairs of orders against each background part at least: one alone does not tell its error. */
const fewestPairs = 2;

/** Parts to explain others against that can be afforded for so many features: more where all coalitions are computed, fewer where even the fewest orders of so many take long. */
export function backgroundSize(features: number): number {
  if (features <= 8) return Math.min(32, affordable / 2 ** features);
  return Math.max(4, Math.min(16, Math.round(affordable / (2 * fewestPairs * features))));
}

/**
 * Interventional Shapley values of one part against background parts (Shapley, 1953; Lundberg and Lee, 2017, arXiv:1705.07874): the mean over all orders of the features of what the
 * prediction gains when the feature's value takes the place of the background's. All coalitions where those are few, else orders in pairs of one and its reverse, which is exact for effects of one
 * and of two features (Mitchell and others, 2022, jmlr.org/papers/v23/21-0439), several pairs for each background part.
 */
export function shapleyShares(predict: Predict, part: Inputs, background: Background, players: readonly Player[]): Shares {
  return background.parts.rows * 2 ** players.length <= affordable ? exactShares(predict, part, background, players) : sampledShares(predict, part, background, players);
}

function exactShares(predict: Predict, part: Inputs, { parts, weights }: Background, players: readonly Player[]): Shares {
  const k = players.length;
  const coalitions = 2 ** k;
  const b = parts.rows;
  // By Gray code each row differs from the one before in one player, which predicts faster.
  const gray = (step: number): number => step ^ (step >> 1);
  const predicted = predict(mixed(part, parts, players, Uint32Array.from({ length: coalitions * b }, (_, i) => Math.floor(i / coalitions)), (row, player) => ((gray(row % coalitions) >> player) & 1) === 1));
  const value = new Float64Array(coalitions);
  for (const [i, weight] of weights.entries()) for (let step = 0; step < coalitions; step++) value[gray(step)] = (value[gray(step)] ?? 0) + weight * (predicted[i * coalitions + step] ?? 0);
  // |S|! (k - 1 - |S|)! / k!
  const ofSize = Float64Array.from({ length: k }, (_, size) => 1 / (k * binomial(k - 1, size)));
  const shares = Float64Array.from(players, (_, player) => {
    let share = 0;
    for (let s = 0; s < coalitions; s++) {
      if (((s >> player) & 1) === 1) continue;
      share += (ofSize[bits(s)] ?? 0) * ((value[s | (1 << player)] ?? 0) - (value[s] ?? 0));
    }
    return share;
  });
  return { base: value[0] ?? 0, shares, error: 0 };
}

function sampledShares(predict: Predict, part: Inputs, { parts, weights }: Background, players: readonly Player[]): Shares {
  const k = players.length;
  const pairs = Math.max(fewestPairs, Math.floor(affordable / (2 * k * parts.rows)));
  const shares = new Float64Array(k);
  const variances = new Float64Array(k);
  let base = 0;
  // Against one background part after the other: with hundreds of features all rows at once would be too much memory.
  for (const [from, weight] of weights.entries()) {
    const { without, gains } = gainsAgainst(predict, part, parts, players, from, pairs);
    base += weight * without;
    for (let player = 0; player < k; player++) {
      const own = gains.subarray(player * pairs, (player + 1) * pairs);
      const mean = own.reduce((sum, gain) => sum + gain, 0) / pairs;
      shares[player] = (shares[player] ?? 0) + weight * mean;
      variances[player] = (variances[player] ?? 0) + (weight ** 2 * own.reduce((sum, gain) => sum + (gain - mean) ** 2, 0)) / (pairs * (pairs - 1));
    }
  }
  return { base, shares, error: Math.sqrt(variances.reduce((largest, variance) => Math.max(largest, variance), 0)) };
}

/** What the prediction is with nothing of the part, and by player and pair of orders what the player adds: gains[player · pairs + pair]. */
function gainsAgainst(predict: Predict, part: Inputs, parts: Inputs, players: readonly Player[], from: number, pairs: number): { without: number; gains: Float64Array } {
  const k = players.length;
  const orders = Array.from({ length: pairs }, (_, pair) => shuffled(k, from * pairs + pair + 1)).flatMap((order) => [order, order.toReversed()]);
  const ranks = orders.map((order) => {
    const rank = new Uint16Array(k);
    for (const [at, player] of order.entries()) rank[player] = at;
    return rank;
  });
  // Row 0 has nothing of the part, row 1 all of it, then each order has its k - 1 steps between.
  const rows = 2 + orders.length * (k - 1);
  const predicted = predict(mixed(part, parts, players, new Uint32Array(rows).fill(from), (row, player) => row === 1 || (row > 1 && (ranks[Math.floor((row - 2) / (k - 1))]?.[player] ?? 0) <= (row - 2) % (k - 1))));
  const [without = 0, whole = 0] = predicted;
  const gains = new Float64Array(k * pairs);
  for (const [o, order] of orders.entries()) {
    let before = without;
    for (const [at, player] of order.entries()) {
      const after = at === k - 1 ? whole : (predicted[2 + o * (k - 1) + at] ?? 0);
      const place = player * pairs + (o >> 1);
      gains[place] = (gains[place] ?? 0) + (after - before) / 2;
      before = after;
    }
  }
  return { without, gains };
}

/** For each row the inputs of the background part that it is from, and the part's own for the players that it has. */
function mixed(part: Inputs, parts: Inputs, players: readonly Player[], from: Uint32Array, has: (row: number, player: number) => boolean): Inputs {
  const rows = from.length;
  const numbers = parts.numbers.map((values) => Float64Array.from(from, (other) => values[other] ?? 0));
  const categories = parts.categories.map((groups) => Int32Array.from(from, (other) => groups[other] ?? -1));
  for (const [p, player] of players.entries()) {
    const replaced = [
      ...player.numbers.map((input) => ({ column: numbers[input] ?? new Float64Array(), own: part.numbers[input]?.[0] ?? 0 })),
      ...player.categories.map((input) => ({ column: categories[input] ?? new Int32Array(), own: part.categories[input]?.[0] ?? -1 })),
    ];
    for (let row = 0; row < rows; row++) if (has(row, p)) for (const { column, own } of replaced) column[row] = own;
  }
  return { rows, numbers, categories };
}

/** A fixed shuffle of 0 … count - 1 (Fisher and Yates, by a linear congruential generator): the same explanation every time. */
function shuffled(count: number, seed: number): number[] {
  const order = Array.from({ length: count }, (_, i) => i);
  let state = Math.imul(seed, 2_654_435_761) >>> 0;
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
