import { defineConfig } from 'vitest/config';

/** `npm run release:try`: not part of `npm test`, since it needs a registry. */
export default defineConfig({
  test: {
    name: 'release',
    root: import.meta.dirname,
    include: ['*.test.ts'],
    testTimeout: 300_000,
    hookTimeout: 900_000,
  },
});
