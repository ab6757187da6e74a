import { existsSync, readFileSync } from 'node:fs';
import { parse } from 'dotenv';
import { describe, expect, test } from 'vitest';
import type { Settings } from '../../common/configuration.ts';
import { readConfiguration } from '../../common/configuration.ts';
import { allSettings, apiSettings, launchSettings, sharedSettings, trainerSettings, workerSettings } from '../../common/settings.ts';

const root = new URL('../../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8');

/** What stands indented below a name of the Compose file. */
function block(name: string): string {
  const lines = read('compose/compose.yaml').split('\n');
  const first = lines.findIndex((line) => line.trimStart().startsWith(`${name}:`));
  const indentation = (line: string): number => line.search(/\S/);
  const after = lines.slice(first + 1);
  const length = after.findIndex((line) => line.trim() !== '' && indentation(line) <= indentation(lines[first] ?? ''));
  return after.slice(0, length).join('\n');
}

const names = Object.keys(allSettings);

test('.env.example names every setting and nothing else, in force only where there is no default', () => {
  const assigned = [...read('.env.example').matchAll(/^(#?)([A-Z][A-Z_]+)=(.*)$/gm)].map(([, comment, name, value]) => ({ name, value, inForce: comment === '' }));
  const expected = names.map((name) => ({ name, value: allSettings[name]?.default ?? '', inForce: name === 'REDIS_PASSWORD' }));
  const byName = (a: { name?: string | undefined }, b: { name?: string | undefined }): number => String(a.name).localeCompare(String(b.name));
  expect(assigned.sort(byName)).toEqual(expected.sort(byName));
});

test('.env.example explains every setting with its sentence and unit', () => {
  const text = read('.env.example');
  for (const [name, { doc, unit }] of Object.entries(allSettings)) {
    const [explanation] = new RegExp(`(?:^# .*\\n)+(?=#?${name}=)`, 'm').exec(text) ?? [''];
    expect(explanation).toContain(`# ${doc}${unit ? ` [${unit}]` : ''}\n`);
  }
});

test('.env.example, taken as it is, is a valid configuration', () => {
  expect(readConfiguration(allSettings, parse(read('.env.example')))).toMatchObject({ PORT: 4000, REDIS_PASSWORD: undefined });
});

describe('compose.yaml hands on every setting of', () => {
  test.each<[string, Settings, Settings]>([
    ['x-settings', sharedSettings, {}],
    ['api', apiSettings, sharedSettings],
    ['worker', workerSettings, sharedSettings],
    ['trainer', trainerSettings, sharedSettings],
  ])('%s', (service, settings, elsewhere) => {
    const own = Object.keys(settings).filter((name) => !Object.hasOwn(elsewhere, name));
    const handedOn = [...block(service).matchAll(/^ +([A-Z][A-Z_]+):/gm)].map((match) => String(match[1]));
    expect(handedOn.sort()).toEqual(own.sort());
  });
});

test('compose.yaml decides only what containers have to have their own way', () => {
  const fixed = [...read('compose/compose.yaml').matchAll(/^ +([A-Z][A-Z_]+): +(\S.*)$/gm)].map((match) => String(match[1])).filter((name) => name !== 'REDISCLI_AUTH');
  expect([...new Set(fixed)].sort()).toEqual(
    ['HOST', 'MODELS_DIR', 'PORT', 'REDIS_PASSWORD', 'REDIS_URL', 'SHUTDOWN_SECONDS', 'TRAINER_HEALTH_HOST', 'TRAINER_HEALTH_PORT', 'WORKER_HEALTH_HOST', 'WORKER_HEALTH_PORT'],
  );
});

test('launch settings are those of npm start alone', () => {
  expect(Object.keys(launchSettings)).toEqual(['DATA_DIR']);
});

test.runIf(existsSync(new URL('README.md', root)))('the README names every setting', () => {
  const readme = read('README.md');
  expect(names.filter((name) => !readme.includes(name))).toEqual([]);
});
