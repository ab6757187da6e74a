import type { FieldIssue } from '../errors.ts';
import { setupValue } from './setup-value.ts';
import { issueAt, suggestion } from './shape-issues.ts';
import type { SetupRule } from './shop.ts';

/** What is wrong with the setup rules of a shop: unknown machines, two rules for one feature and machine, contradictory changes. Rules without a place had no right shape. */
export function setupIssues(rules: readonly { rule: SetupRule; place: string }[], machineNames: readonly string[]): FieldIssue[] {
  const issues: FieldIssue[] = [];
  const ruled = new Map<string, string>();
  for (const { rule, place } of rules) {
    for (const [index, machine] of (rule.machines ?? []).entries()) {
      if (!machineNames.includes(machine)) issues.push(issueAt(`${place}.machines[${index}]`, `there is no machine "${machine}"`, machine, suggestion(machine, machineNames)));
    }
    for (const machine of rule.machines ?? ['']) {
      const key = JSON.stringify([rule.feature, machine]);
      const before = ruled.get(key);
      const whom = machine === '' ? 'all machines' : machine;
      if (before !== undefined) issues.push(issueAt(place, `${before} already has the minutes of ${rule.feature} for ${whom}`, rule.feature, 'put the changes into one rule'));
      ruled.set(key, place);
    }
    issues.push(...changeIssues(rule, place));
  }
  return issues;
}

function changeIssues(rule: SetupRule, place: string): FieldIssue[] {
  const issues: FieldIssue[] = [];
  const seen = new Map<string, { minutes: number; index: number }>();
  for (const [index, { from, to, minutes }] of rule.changes.entries()) {
    const at = `${place}.changes[${index}]`;
    const text = `${from ?? 'anything'} to ${to ?? 'anything'}`;
    if (from === undefined && to === undefined) issues.push(issueAt(at, 'names neither `from` nor `to`', null, 'use `default` for all other changes'));
    const [a, b] = [from, to].map((value) => (value === undefined ? null : setupValue(value)));
    if (from !== undefined && a === b) issues.push(issueAt(at, `${text} is no change`, text, 'use `same` for the minutes without a change'));
    const key = JSON.stringify([a, b]);
    const before = seen.get(key);
    if (before) {
      const what = before.minutes === minutes ? `${text} is already in changes[${before.index}]` : `${text} takes ${minutes} min here and ${before.minutes} min in changes[${before.index}]`;
      issues.push(issueAt(at, what, minutes, 'keep one of the two'));
    } else seen.set(key, { minutes, index });
  }
  return issues;
}
