import type { LinearModel } from '../../common/model/linear-regression.ts';
import { type Dictionary, type DictionaryOptions, dictionaryOf, termColumns } from './dictionary.ts';
import type { FamilyFit, Problem, RegressionFamily } from './regression-family.ts';
import { type Covariances, type Weights, combineMoments, covariancesOf, termMoments, weigh } from './term-moments.ts';

/** A way to find weights: for covariances, one fit for each setting; the same settings in the same order every time. */
export interface LinearMethod {
  /** Settings in words; cross-validation picks one. */
  settings: (dictionary: Dictionary, rows: number) => string[];
  weights: (covariances: Covariances, dictionary: Dictionary, rows: number) => Weights[];
  /** The same for one setting, which takes a fraction of the time. */
  weightsOf: (setting: number, covariances: Covariances, dictionary: Dictionary, rows: number) => Weights | undefined;
}

/** Linear models in a dictionary of functions, their setting chosen by the squared error out of fold. */
export function linearFamily(name: string, options: DictionaryOptions, method: LinearMethod): RegressionFamily {
  return { name, fit: (problem) => fit(problem, options, method) };
}

function fit({ space, inputs, target, folds, ends }: Problem, options: DictionaryOptions, method: LinearMethod): FamilyFit | undefined {
  const dictionary = dictionaryOf(space, inputs, options);
  if (dictionary.terms.length === 0) return undefined;
  const columns = termColumns(dictionary, inputs);
  const byFold = folds.map((rows) => termMoments(columns, target, rows));
  const all = byFold.reduce((sum, moments) => combineMoments(sum, moments, 1));
  const settings = method.settings(dictionary, inputs.rows);
  const errors = new Float64Array(settings.length);
  const outOfFold = settings.map(() => new Float64Array(inputs.rows));
  for (const [fold, rows] of folds.entries()) {
    const held = byFold[fold];
    if (!held) continue;
    for (const [s, weights] of method.weights(covariancesOf(combineMoments(all, held, -1)), dictionary, inputs.rows).entries()) {
      const predicted = weigh(columns, weights, rows);
      for (const [i, row] of rows.entries()) {
        const out = outOfFold[s];
        if (out) out[row] = predicted[i] ?? 0;
        errors[s] = (errors[s] ?? 0) + ((target[row] ?? 0) - (predicted[i] ?? 0)) ** 2;
      }
    }
  }
  let best = 0;
  for (const [s, error] of errors.entries()) if (error < (errors[best] ?? Infinity) * (1 - 1e-9) || !Number.isFinite(errors[best])) best = s;
  const chosen = method.weightsOf(best, covariancesOf(all), dictionary, inputs.rows);
  const predicted = outOfFold[best];
  if (!chosen || !predicted || !Number.isFinite(errors[best])) return undefined;
  const beyond = ends.map((rows) => {
    const weights = method.weightsOf(best, covariancesOf(combineMoments(all, termMoments(columns, target, rows), -1)), dictionary, inputs.rows);
    return weights ? weigh(columns, weights, rows) : new Float64Array();
  });
  return { model: linearModel(dictionary, chosen), outOfFold: predicted, beyond, note: settings[best] ?? '' };
}

/** The weighed terms alone, with the atoms that they need. */
function linearModel({ atoms, terms }: Dictionary, { intercept, coefficients }: Weights): LinearModel {
  const used = terms.flatMap((factors, t) => ((coefficients[t] ?? 0) === 0 ? [] : [{ factors, coefficient: coefficients[t] ?? 0 }]));
  const needed = [...new Set(used.flatMap(({ factors }) => factors))].sort((a, b) => a - b);
  const position = new Map(needed.map((atom, at) => [atom, at]));
  return {
    kind: 'linear',
    intercept,
    atoms: needed.flatMap((atom) => atoms[atom] ?? []),
    terms: used.map(({ factors, coefficient }) => ({ atoms: factors.map((atom) => position.get(atom) ?? 0), coefficient })),
  };
}
