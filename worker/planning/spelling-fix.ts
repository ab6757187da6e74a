import { nearest } from '../../common/nearest.ts';

/** "did you mean …?" where a name of the same digits is near, else what to do. With other digits it is not misspelt but another one of its kind, and to take the near one would tell what is not so. */
export function spellingFix(word: string, names: readonly string[], otherwise: string): string {
  const near = nearest(word, names.filter((name) => digitsOf(name) === digitsOf(word)));
  return near === undefined ? otherwise : `did you mean "${near}"?`;
}

const digitsOf = (name: string): string => (name.match(/\d+/g) ?? []).join(' ');
