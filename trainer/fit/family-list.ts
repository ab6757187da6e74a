import type { TargetScale } from '../../common/model/combined-model.ts';
import { boostedTreesFamily, deepTrees, fewTrees, shallowTrees } from './boosted-trees-family.ts';
import { gaussianProcessFamily } from './gaussian-process-family.ts';
import { linearFamily } from './linear-family.ts';
import { forwardSelection, ridge } from './linear-methods.ts';
import type { RegressionFamily } from './regression-family.ts';

/** A family on one scale of the target. */
export interface Candidate {
  name: string;
  family: RegressionFamily;
  scale: TargetScale['kind'];
  /** Share of the squared error that it must save to be worth its time when estimating. */
  price: number;
  /** A fast fit of the same kind: where its error is hopeless, so is the candidate's. */
  screen?: RegressionFamily;
}

const selection = linearFamily('selected terms', { of: 'number', singles: 'all', maxTerms: 400 }, forwardSelection);
const logSelection = linearFamily('selected terms', { of: 'logarithm', singles: 'all', maxTerms: 400 }, forwardSelection);
const ridgeOnNumbers = linearFamily('ridge', { of: 'number', singles: 'square', maxTerms: 250 }, ridge);
const ridgeOnLogarithms = linearFamily('ridge on logarithms', { of: 'logarithm', singles: 'square', maxTerms: 250 }, ridge);

const candidate = (family: RegressionFamily, scale: TargetScale['kind'], price: number, screen?: RegressionFamily): Candidate => ({
  name: scale === 'log' ? `${family.name}, log target` : family.name,
  family,
  scale,
  price,
  ...(screen && { screen }),
});

/** Families that take a second at most. */
export const quickFamilies: readonly Candidate[] = [candidate(selection, 'plain', 0), candidate(logSelection, 'log', 0), candidate(ridgeOnNumbers, 'plain', 0), candidate(ridgeOnLogarithms, 'log', 0)];

const trees = boostedTreesFamily(deepTrees);
const screen = boostedTreesFamily(fewTrees);

/** All families. Those that are slow when estimating must be worth it. */
export const allFamilies: readonly Candidate[] = [
  ...quickFamilies,
  candidate(gaussianProcessFamily, 'plain', 0.004),
  candidate(gaussianProcessFamily, 'log', 0.004),
  candidate(trees, 'plain', 0.005, screen),
  candidate(trees, 'log', 0.005, screen),
  candidate(boostedTreesFamily(shallowTrees), 'plain', 0.005, screen),
];
