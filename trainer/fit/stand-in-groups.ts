import { CombinedRegression } from '../../common/model/combined-regression.ts';
import type { CombinedModel } from '../../common/model/combined-model.ts';
import { type Inputs, inputRows } from '../../common/model/inputs.ts';
import type { StandInGroups } from '../../common/model/stand-in-groups.ts';
import { sampleRows } from './sample-rows.ts';

const partsTried = 60;
/** Groups looked at, the most frequent ones; and those that stand for all: each is predicted with for every part with an unknown group. */
const mostGroups = 60;
const mostStandIns = 8;

/** By category: the groups that an unknown one is taken for, spread evenly over all by what they do to predictions, each with the share of the parts in those that it stands for. */
export function standInGroups(model: CombinedModel, inputs: Inputs, seed: number): StandInGroups[] {
  const regression = new CombinedRegression({ ...model, unknown: [] });
  const parts = inputRows(inputs, sampleRows(inputs.rows, partsTried, seed + 41));
  const meanWith = (category: number, group: number): number => {
    const categories = parts.categories.map((groups, c) => (c === category ? new Int32Array(parts.rows).fill(group) : groups));
    return regression.values({ ...parts, categories }).reduce((sum, value) => sum + value / parts.rows, 0);
  };
  return inputs.categories.map((groups, category) => {
    const space = model.space.categories[category];
    if (space?.kind !== 'levels') return [];
    const counts = new Map<number, number>();
    for (const group of groups) if (group >= 0 && group !== space.missing) counts.set(group, (counts.get(group) ?? 0) + 1);
    const frequent = [...counts.entries()].sort(([a, m], [b, n]) => n - m || a - b).slice(0, mostGroups);
    const rows = frequent.reduce((sum, [, count]) => sum + count, 0);
    const byEffect = frequent.map(([group, count]) => ({ group, weight: count / rows, mean: meanWith(category, group) })).sort((a, b) => a.mean - b.mean || a.group - b.group);
    const count = Math.min(mostStandIns, byEffect.length);
    const standIns = Array.from({ length: count }, (_, s) => {
      const stratum = byEffect.slice(Math.floor((s * byEffect.length) / count), Math.floor(((s + 1) * byEffect.length) / count));
      const { group = 0, mean = 0 } = stratum[stratum.length >> 1] ?? {};
      return { group, mean, weight: stratum.reduce((sum, { weight }) => sum + weight, 0) };
    });
    const mean = standIns.reduce((sum, one) => sum + one.weight * one.mean, 0);
    return standIns.sort((a, b) => Math.abs(a.mean - mean) - Math.abs(b.mean - mean) || a.group - b.group).map(({ group, weight }) => ({ group, weight }));
  });
}
