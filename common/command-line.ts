import { type ParseArgsConfig, parseArgs } from 'node:util';
import { SpindleError, messageOf } from './errors.ts';
import { nearest } from './nearest.ts';

type Options = NonNullable<ParseArgsConfig['options']>;

/** The options of a command, as `parseArgs` of node:util gives them. Throws `invalid_configuration` with a suggestion and the usage, also where an option of one value is given twice: the first would be lost without a word. */
export function readArguments<const O extends Options>(args: readonly string[], options: O, usage: string) {
  const { values, tokens } = parsed(args, options, usage);
  const seen = new Set<string>();
  for (const token of tokens) {
    if (token.kind !== 'option' || options[token.name]?.multiple || options[token.name]?.type !== 'string') continue;
    if (seen.has(token.name)) throw new SpindleError('invalid_configuration', `--${token.name} is given twice, and takes one value\n${usage}`);
    seen.add(token.name);
  }
  return values;
}

function parsed<const O extends Options>(args: readonly string[], options: O, usage: string) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: false, tokens: true });
  } catch (error) {
    const [first = ''] = messageOf(error).split('. ');
    const unknown = /Unknown option '--([^']+)'/.exec(first)?.[1];
    const near = unknown === undefined ? undefined : nearest(unknown, Object.keys(options));
    throw new SpindleError('invalid_configuration', `${first}${near ? `; did you mean --${near}?` : ''}\n${usage}`, { cause: error });
  }
}

/** The value of an option that must be given. Throws `invalid_configuration`. */
export function required(value: string | undefined, name: string, usage: string): string {
  if (value === undefined || value === '') throw new SpindleError('invalid_configuration', `--${name} is missing\n${usage}`);
  return value;
}

/** The whole number that an option spells. Throws `invalid_configuration`. */
export function wholeOption(text: string, name: string, min: number, max: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : NaN;
  if (!(value >= min && value <= max)) throw new SpindleError('invalid_configuration', `--${name}: expected a whole number from ${min} to ${max}, got "${text}"`);
  return value;
}
