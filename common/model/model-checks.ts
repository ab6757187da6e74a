import { groupCounts, type InputSpace } from './inputs.ts';
import type { ModelFile } from './model-file.ts';

/** No interval grows by more just beyond the training ranges, and no missing number adds more of the value: ten times what a training may say. */
const mostBeyond = 100;
const mostMissing = 30;

/** What each part of a combined model must be beside the others; undefined where all fits, else the first that does not, in words. Its shapes alone say nothing of that. */
export function misfit({ regression, interval, background }: Pick<ModelFile, 'regression' | 'interval' | 'background'>): string | undefined {
  if (regression.kind !== 'combined' || interval.kind !== 'scaled' || !background) return undefined;
  const { space, members, unknown } = regression;
  if (!sumsToOne(members.map(({ weight }) => weight))) return 'the weights of the members do not sum to 1';
  if (!sumsToOne(members.map(({ weight_beyond: weight }) => weight))) return 'the weights of the members beyond the ranges do not sum to 1';
  const number = space.numbers.find(({ fill, min, max }) => !(min < max && fill >= min && fill <= max));
  if (number) return `${number.feature} has no range with what fills its gaps within it`;
  const category = space.categories.find((one) => one.kind === 'levels' && [...one.group_of, one.missing].some((group) => group >= one.groups));
  if (category) return `${category.feature} has levels of groups that are not there`;
  const groups = groupCounts(space);
  if (unknown.length !== groups.length) return 'not every category has its stand-ins for unknown levels';
  if (unknown.some((standIns, c) => standIns.some(({ group }) => group >= (groups[c] ?? 0)) || (standIns.length > 0 && !sumsToOne(standIns.map(({ weight }) => weight))))) return 'the stand-ins for unknown levels are none';
  if (interval.missing.length !== space.numbers.length || interval.missing.some((share) => share > mostMissing)) return 'the interval does not tell of each number what missing it adds';
  if (interval.beyond > mostBeyond) return `the interval grows by ${interval.beyond} just beyond the ranges`;
  return backgroundMisfit(background, space, groups);
}

function backgroundMisfit({ numbers, categories, weights }: NonNullable<ModelFile['background']>, space: InputSpace, groups: readonly number[]): string | undefined {
  const columns = [...numbers, ...categories];
  const fits = numbers.length === space.numbers.length && categories.length === groups.length && columns.every((values) => values.length === weights.length);
  // Not that they sum to 1: versions before this check have others where all estimates are nearly the same.
  if (!fits || !weights.every((weight) => weight >= 0)) return 'the parts to explain others against do not have a value of each input, and a weight';
  return categories.some((values, c) => values.some((group) => group < -1 || group >= (groups[c] ?? 0))) ? 'a part to explain others against is of a group that is not there' : undefined;
}

const sumsToOne = (weights: readonly number[]): boolean => Math.abs(weights.reduce((sum, weight) => sum + weight, 0) - 1) < 1e-6;
