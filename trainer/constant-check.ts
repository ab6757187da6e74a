import type { Gate } from '../common/model/report.ts';
import { type PairedErrors, inPart, isBetter, isSmaller } from './paired-errors.ts';

type Check = NonNullable<Gate['checks']>[number];

/** Standard errors that make a gain over the plain mean more than noise. */
const clearly = 2;

/** Whether errors out of fold are clearly smaller than those of the plain mean; `unit` follows figures. */
export function plainMeanCheck(errors: PairedErrors, unit: string): Check {
  const says = overPlainMean(errors, unit);
  const holds = isBetter(errors, clearly);
  return { check: 'plain mean', holds, says: holds ? says : `${says} is no clear gain: the difference is within ${clearly} standard errors${inPart(errors)}` };
}

/**
 * Whether a first version says more than a constant: by root mean squares than the plain mean, or by mean absolute errors, which a few large parts do not decide, than the median, which is the best constant for these.
 * Out of fold, what has learned from noise alone seldom does either. `squares` are its squared errors, `squaresOf` gives those of other residuals.
 */
export function firstCheck({ errors, squares, squaresOf, target }: { errors: PairedErrors; squares: Float64Array; squaresOf: (residuals: Float64Array) => Float64Array; target: Float64Array }, unit: string): Check {
  const says = overPlainMean(errors, unit);
  if (isBetter(errors, clearly)) return { check: 'plain mean', holds: true, says };
  const median = Float64Array.from(target).sort()[target.length >> 1] ?? 0;
  const [ours, ofMedian] = [meanRoot(squares), meanRoot(squaresOf(target.map((actual) => actual - median)))];
  const absolute = `a mean absolute error of ${figure(ours)}${unit} against ${figure(ofMedian)}${unit} for the median`;
  if (!isSmaller(errors.error, errors.error_of_current) && !isSmaller(ours, ofMedian)) return { check: 'plain mean', holds: false, says: `${says}, and ${absolute}: it has learned nothing that one number for all parts does not say` };
  return { check: 'plain mean', holds: true, says: `${says}, and ${absolute}: no clear gain, but better than no model; train again with more parts` };
}

const overPlainMean = ({ error, error_of_current }: PairedErrors, unit: string): string => `a cross-validated error of ${figure(error)}${unit} against ${figure(error_of_current)}${unit} for the plain mean`;

const meanRoot = (squares: Float64Array): number => squares.reduce((sum, square) => sum + Math.sqrt(square) / squares.length, 0);

const figure = (value: number): string => String(Number(value.toPrecision(4)));
