/** Errors in units of their doubt, gathered by level. */
export interface LevelSizes {
  /** Number of parts, and sum of the sizes of their errors. */
  count: number;
  sum: number;
}

/** Logarithms of scales that are tried. */
const logScales = Float64Array.from({ length: 121 }, (_, k) => (k - 60) / 20);
/** What the scales of a category's levels may be like: most deviate by one deviation, a share of them by another one, as does a material that nobody masters yet among many alike; a level whose noise is twice that of others, ln 2 = 0.7, is nothing unusual. */
const ownDeviation = 0.6;
const ownShares = [0.1, 0.3, 0.6];
const laws = [0.02, 0.05, 0.1, 0.2, 0.3, 0.45, 0.65].flatMap((deviation) => ownShares.map((own) => normalized(logScales.map((log) => (1 - own) * normal(log, deviation) + own * normal(log, ownDeviation)))));

/**
 * By level: the probability of each of `logScales`, given the errors of all levels of its category. What scales are like all levels tell together (an empirical Bayes estimate: Robbins, 1956; Efron and Morris, 1973, doi:10.1080/01621459.1973.10481350), so that a level of few rows keeps to the others as far as those keep together; sizes are gamma distributed, of `shape`.
 */
export function posteriorOfScales(levels: readonly LevelSizes[], meanSize: number, shape: number): Float64Array[] {
  const likelihoods = levels.map(({ count, sum }) => {
    const logs = logScales.map((log) => -shape * (count * log + (sum / meanSize) * Math.exp(-log)));
    const largest = logs.reduce((a, b) => Math.max(a, b), -Infinity);
    return logs.map((log) => Math.exp(log - largest));
  });
  const byLaw = laws.map((law) => {
    const joint = likelihoods.map((likelihood) => likelihood.map((one, k) => one * (law[k] ?? 0)));
    return { evidence: joint.reduce((sum, products) => sum + Math.log(total(products)), 0), posteriors: joint.map(normalized) };
  });
  const best = byLaw.reduce((most, { evidence }) => Math.max(most, evidence), -Infinity);
  const weights = normalized(Float64Array.from(byLaw, ({ evidence }) => Math.exp(evidence - best)));
  return levels.map((_, level) => logScales.map((__, k) => byLaw.reduce((sum, { posteriors }, l) => sum + (weights[l] ?? 0) * (posteriors[level]?.[k] ?? 0), 0)));
}

/** ln of the factor by which a bound that holds a share of all errors holds that share of a level's, by the probabilities of the level's scale: what is not known of it makes it larger. `sizes` are ascending, those of all in units of the bound. */
export function logFactorOf(posterior: Float64Array, sizes: Float64Array, share: number): number {
  const [first = 0, last = 0] = [logScales[0], logScales[logScales.length - 1]];
  let [low, high] = [first, last];
  for (let step = 0; step < 30; step++) {
    const middle = (low + high) / 2;
    const held = posterior.reduce((sum, probability, k) => sum + (probability > 1e-9 ? probability * shareBelow(sizes, Math.exp(middle - (logScales[k] ?? 0))) : 0), 0);
    if (held < share) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** The share of ascending values below one, and of one more that is anywhere. */
export function shareBelow(sorted: Float64Array, value: number): number {
  let [from, to] = [0, sorted.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((sorted[middle] ?? 0) <= value) from = middle + 1;
    else to = middle;
  }
  // Between its neighbours a share goes on evenly.
  const [before, after] = [sorted[from - 1] ?? 0, sorted[from] ?? Infinity];
  return (from + (after < Infinity && after > before ? (value - before) / (after - before) : 0)) / (sorted.length + 1);
}

function normal(value: number, deviation: number): number {
  return Math.exp(-0.5 * (value / deviation) ** 2) / deviation;
}

function total(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}

function normalized(values: Float64Array): Float64Array {
  const sum = total(values);
  return values.map((value) => value / sum);
}
