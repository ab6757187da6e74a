import { type FieldIssue, SpindleError } from '../../common/errors.ts';
import { nearest } from '../../common/nearest.ts';
import { setupValue } from '../../common/scheduling/setup-value.ts';
import { issueAt, placeOf, suggestion } from '../../common/scheduling/shape-issues.ts';
import type { Machine, SetupRule, Shop } from '../../common/scheduling/shop.ts';
import type { MachineSetups } from '../scheduling/problem.ts';
import type { PlannedOperation } from './planned-work.ts';
import { minuteTicks } from './ticks.ts';

/** Setup families at most: the matrix of each kind of machine grows with their square. */
const maxFamilies = 1_000;

/** The setups of a shop for some operations, as a problem holds them. */
export interface SetupFamilies {
  familyCount: number;
  /** Per operation. */
  setupFamily: Int32Array;
  /** Per machine. */
  setups: (MachineSetups | undefined)[];
  warnings: FieldIssue[];
}

/**
 * Operations whose features agree in everything that setup rules look at are one family; the setup between two families is the sum over the rules of the
 * machine. `mounted` says what machines are set up for at the start: their first operation then needs a setup from that. Throws
 * `invalid_shop` where the rules tell more families apart than can be planned.
 */
export function setupFamilies(shop: Shop, operations: readonly PlannedOperation[], mounted: Readonly<Record<string, Readonly<Record<string, string>>>>): SetupFamilies {
  const features = [...new Set(shop.setups.map(({ feature }) => feature))];
  if (features.length === 0 || operations.length === 0) {
    return { familyCount: 0, setupFamily: new Int32Array(operations.length), setups: shop.machines.map(() => undefined), warnings: [] };
  }
  const numbers = new Map<string, number>();
  const families: string[][] = [];
  const setupFamily = Int32Array.from(operations, (operation) => {
    const values = features.map((feature) => featureValue(operation, feature, shop.process_column));
    const key = JSON.stringify(values);
    const known = numbers.get(key);
    if (known !== undefined) return known;
    numbers.set(key, families.length);
    return families.push(values) - 1;
  });
  if (families.length > maxFamilies) {
    const what = `${features.join(' and ')} take ${families.length.toLocaleString('en')} combinations of values, more than the ${maxFamilies.toLocaleString('en')} that setups can tell apart`;
    const fix = 'let setups follow a column with few values, such as a material or a tool group';
    throw new SpindleError('invalid_shop', what, { issues: [issueAt('setups', what, features.join(', '), fix)] });
  }

  const matrices = new Map<string, Float64Array>();
  const setups = shop.machines.map((machine): MachineSetups | undefined => {
    const rules = rulesOf(shop, machine);
    if (rules.length === 0) return undefined;
    const key = JSON.stringify(rules);
    const between = matrices.get(key) ?? Float64Array.from({ length: families.length ** 2 }, (_, index) => {
      const from = families[Math.floor(index / families.length)] ?? [];
      return Math.round(setupMinutes(rules, from, families[index % families.length] ?? []) * minuteTicks);
    });
    matrices.set(key, between);
    const state = mounted[machine.name];
    if (state === undefined) return { between };
    const before = features.map((feature) => (Object.hasOwn(state, feature) ? setupValue(state[feature] ?? '') : undefined));
    return { between, initial: Float64Array.from(families, (to) => Math.round(setupMinutes(rules, before, to) * minuteTicks)) };
  });
  return { familyCount: families.length, setupFamily, setups, warnings: [...unknownFeatures(shop, operations, features), ...otherSpellings(shop, features, families), ...unknownMounted(shop, features, families, mounted)] };
}

interface PlacedRule {
  rule: SetupRule;
  /** Index of its feature in a family's values. */
  at: number;
}

/** The rules of a machine: for each feature its own, else the one for all. */
function rulesOf(shop: Shop, machine: Machine): PlacedRule[] {
  const features = [...new Set(shop.setups.map(({ feature }) => feature))];
  return features.flatMap((feature, at) => {
    const rules = shop.setups.filter((rule) => rule.feature === feature);
    const rule = rules.find(({ machines }) => machines?.includes(machine.name)) ?? rules.find(({ machines }) => machines === undefined);
    return rule && (rule.default > 0 || rule.same > 0 || rule.changes.some(({ minutes }) => minutes > 0)) ? [{ rule, at }] : [];
  });
}

/** Minutes of one rule from a value to another: the change that names both, else the first that names one, else the default. */
function ruleMinutes(rule: SetupRule, from: string, to: string): number {
  if (from === to) return rule.same;
  const is = (wanted: string | undefined, value: string): boolean => wanted !== undefined && setupValue(wanted) === value;
  const both = rule.changes.find((change) => is(change.from, from) && is(change.to, to));
  const one = rule.changes.find((change) => (change.to === undefined && is(change.from, from)) || (change.from === undefined && is(change.to, to)));
  return (both ?? one)?.minutes ?? rule.default;
}

/** Minutes between two families by all rules; a value that is not known, of what is mounted at the start, needs none. */
function setupMinutes(rules: readonly PlacedRule[], before: readonly (string | undefined)[], to: readonly string[]): number {
  return rules.reduce((sum, { rule, at }) => (before[at] === undefined ? sum : sum + ruleMinutes(rule, before[at], to[at] ?? '')), 0);
}

/** What setup rules compare of a feature: its cell in the part, or the process. */
export function featureValue(operation: Pick<PlannedOperation, 'process' | 'features'>, feature: string, processColumn: string): string {
  return setupValue(feature === processColumn ? operation.process : (Object.hasOwn(operation.features, feature) ? (operation.features[feature] ?? '') : ''));
}

function unknownFeatures(shop: Shop, operations: readonly PlannedOperation[], features: readonly string[]): FieldIssue[] {
  const columns = [shop.process_column, ...Object.keys(operations[0]?.features ?? {})];
  return features
    .filter((feature) => !columns.includes(feature))
    .map((feature) => issueAt('setups', `no part has a column "${feature}", so its setups take the minutes of \`same\``, feature, suggestion(feature, columns)));
}

/** Values of changes that parts have in other capitals: such a change is never made. */
function otherSpellings(shop: Shop, features: readonly string[], families: readonly string[][]): FieldIssue[] {
  return shop.setups.flatMap(({ feature, changes }, rule) => {
    const values = new Set(families.map((family) => family[features.indexOf(feature)] ?? ''));
    const named = new Set(changes.flatMap(({ from, to }) => [from, to]).filter((value) => value !== undefined));
    return [...named].flatMap((value) => {
      const meant = [...values].find((other) => other.toLowerCase() === setupValue(value).toLowerCase());
      return meant === undefined || values.has(setupValue(value)) ? [] : [issueAt(`setups[${rule}].changes`, `no part has the ${feature} "${value}", so that its changes are never made`, value, `write "${meant}", as the parts do`)];
    });
  });
}

/** Values of what is mounted that neither a part has nor a change names: the setup from them takes what any other value would. */
function unknownMounted(shop: Shop, features: readonly string[], families: readonly string[][], mounted: Readonly<Record<string, Readonly<Record<string, string>>>>): FieldIssue[] {
  return Object.entries(mounted).flatMap(([machine, state]) => Object.entries(state).flatMap(([feature, value]) => {
    const changes = shop.setups.filter((rule) => rule.feature === feature).flatMap((rule) => rule.changes.flatMap(({ from, to }) => [from, to]));
    const known = [...families.map((family) => family[features.indexOf(feature)] ?? ''), ...changes.flatMap((one) => (one === undefined ? [] : setupValue(one)))];
    if (known.includes(setupValue(value))) return [];
    const meant = nearest(value, known);
    const fix = meant === undefined ? 'leave it so, where that is right' : `did you mean "${meant}"?`;
    return [issueAt(placeOf(['mounted', machine, feature]), `no part has and no change names the ${feature} "${value}"`, value, fix)];
  }));
}
