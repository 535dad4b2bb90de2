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
    exclude: [...configDefaults.exclude, 'release/**'],
    globalSetup: ['support/globalSetup.ts'],
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
