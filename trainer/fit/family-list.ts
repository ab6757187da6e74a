import type { TargetScale } from '../../common/model/combined-model.ts';
import { boostedTreesFamily, deepTrees, fewTrees, shallowTrees } from './boosted-trees-family.ts';
import { gaussianProcessFamily } from './gaussian-process-family.ts';
import { linearFamily } from './linear-family.ts';
import { forwardSelection, ridge, ridgeOfMainEffects } from './linear-methods.ts';
import type { RegressionFamily } from './regression-family.ts';

/** A family on one scale of the target. */
export interface Candidate {
  name: string;
  family: RegressionFamily;
  scale: TargetScale['kind'];
  /** Share of the squared error that it must save to be worth its time when estimating. */
  price: number;
  /** Time that it takes beside the others, measured from 1,000 to 20,000 rows. */
  effort: number;
  /** A fast fit of the same kind: where its error is hopeless, so is the candidate's. */
  screen?: RegressionFamily;
}

const selection = linearFamily('selected terms', { of: 'number', singles: 'all', maxTerms: 400 }, forwardSelection);
const logSelection = linearFamily('selected terms', { of: 'logarithm', singles: 'all', maxTerms: 400 }, forwardSelection);
const ridgeOnNumbers = linearFamily('ridge', { of: 'number', singles: 'square', maxTerms: 250 }, ridge);
const ridgeOnLogarithms = linearFamily('ridge on logarithms', { of: 'logarithm', singles: 'square', maxTerms: 250 }, ridge);

/** A line for each number: with few parts, and far beyond them, what squares and products make of noise costs more than what they tell. */
const mainEffects = linearFamily('main effects', { of: 'number', singles: 'line', mainsOnly: true, maxTerms: 250 }, ridgeOfMainEffects);

const candidate = (family: RegressionFamily, scale: TargetScale['kind'], price: number, effort: number, screen?: RegressionFamily): Candidate => ({
  name: scale === 'log' ? `${family.name}, log target` : family.name,
  family,
  scale,
  price,
  effort,
  ...(screen && { screen }),
});

/** Families that take a second at most. */
export const quickFamilies: readonly Candidate[] = [candidate(selection, 'plain', 0, 1), candidate(logSelection, 'log', 0, 1), candidate(ridgeOnNumbers, 'plain', 0, 1), candidate(ridgeOnLogarithms, 'log', 0, 1)];

const trees = boostedTreesFamily(deepTrees);
const screen = boostedTreesFamily(fewTrees);

/** What the others are compared with where slower trees are not tried. */
export const treesBaseline: Candidate = candidate(screen, 'plain', 0, 1);

/** All families. Those that are slow when estimating must be worth it. */
export const allFamilies: readonly Candidate[] = [
  ...quickFamilies,
  candidate(mainEffects, 'plain', 0, 1),
  candidate(gaussianProcessFamily, 'plain', 0.004, 40),
  candidate(gaussianProcessFamily, 'log', 0.004, 35),
  candidate(trees, 'plain', 0.005, 5, screen),
  candidate(trees, 'log', 0.005, 5, screen),
  candidate(boostedTreesFamily(shallowTrees), 'plain', 0.005, 5, screen),
];
