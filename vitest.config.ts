import { defineConfig } from 'vitest/config';

const setupFiles = ['test/support/setup.ts'];

/** Unit tests side by side; end-to-end tests one file after the other, because they start many processes. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          setupFiles,
          include: ['test/**/*.test.ts'],
          // test/compose/compose.test.ts needs Docker: npm run test:compose
          exclude: ['test/e2e/**', 'test/bench/**', 'test/compose/compose.test.ts'],
          testTimeout: 15_000,
        },
      },
      {
        test: {
          name: 'e2e',
          setupFiles,
          include: ['test/e2e/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 60_000,
        },
      },
    ],
    coverage: {
      provider: 'v8',
      include: ['api/**/*.ts', 'common/**/*.ts', 'compose/**/*.ts', 'trainer/**/*.ts', 'worker/**/*.ts'],
      reporter: ['text-summary', 'html'],
    },
  },
});
