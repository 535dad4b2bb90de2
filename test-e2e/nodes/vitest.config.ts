import { defineConfig } from 'vitest/config';
import { TotalReporter } from '../../scripts/totalReporter.js';

/** `npm run test:nodes`: not in `npm test`, since npm loads every version of Node. */
export default defineConfig({
  test: {
    name: 'nodes',
    root: import.meta.dirname,
    include: ['*.test.ts'],
    reporters: ['default', new TotalReporter()],
    testTimeout: 300_000,
  },
});
