import { afterAll } from 'vitest';
import { removeLeftovers } from './leftovers.ts';

// Runs after every hook of the test file itself, because it is registered before them.
afterAll(() => {
  const left = removeLeftovers();
  if (left.length > 0) throw new Error(`the test file left behind:\n  ${left.join('\n  ')}`);
});
