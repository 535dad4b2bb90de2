import { availableParallelism } from 'node:os';
import { configDefaults, defineConfig } from 'vitest/config';

/**
 * End-to-end tests: the packed packages, installed by npm outside the monorepo, used as a
 * consumer would.
 */
export default defineConfig({
  test: {
    name: 'e2e',
    root: import.meta.dirname,
    include: ['**/*.test.ts'],
    exclude: [...configDefaults.exclude, 'release/**', 'nodes/**'],
    // After the tests of the packages, and not beside one another on a machine of two
    // cores: each of them starts programs that use both.
    sequence: { groupOrder: 1 },
    maxWorkers: Math.max(1, availableParallelism() - 1),
    globalSetup: ['support/globalSetup.ts'],
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
