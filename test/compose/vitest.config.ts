import { defineConfig } from 'vitest/config';

/** The tests that need Docker; npm test does not run them. */
export default defineConfig({
  test: {
    root: new URL('../..', import.meta.url).pathname,
    include: ['test/compose/compose.test.ts'],
    testTimeout: 180_000,
    hookTimeout: 600_000,
    // The tests follow one shop through its day: after a failed step the rest says nothing.
    bail: 1,
  },
});
