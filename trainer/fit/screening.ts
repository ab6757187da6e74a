import type { Candidate } from './family-list.ts';
import { type Member, fitMember } from './member.ts';
import type { Problem } from './regression-family.ts';
import { squaredErrors } from './stack-weights.ts';

/** A fast fit whose root mean square error is beyond this many times the best one's says that the slow fit is not worth its time. */
const hopeless = 2.2;

/** The fast fit of a candidate's kind, where that says that it will have no weight beside the members so far. Candidates of one kind share it by `fastFits`. */
export function hopelessFit({ screen, scale, price, effort }: Candidate, problem: Omit<Problem, 'target'>, target: Float64Array, members: readonly Member[], fastFits: Map<string, Member | undefined>): Member | undefined {
  if (!screen || members.length === 0) return undefined;
  const best = Math.min(...squaredErrors(members.map(({ outOfFold }) => outOfFold), target));
  const name = scale === 'log' ? `${screen.name}, log target` : screen.name;
  if (!fastFits.has(name)) fastFits.set(name, fitMember({ name, family: screen, scale, price, effort }, { ...problem, onProgress: undefined }, target));
  const fast = fastFits.get(name);
  return fast !== undefined && (squaredErrors([fast.outOfFold], target)[0] ?? 0) > hopeless ** 2 * best ? fast : undefined;
}
