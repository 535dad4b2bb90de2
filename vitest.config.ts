import { availableParallelism } from 'node:os';
import { configDefaults, defineConfig } from 'vitest/config';
import { TotalReporter } from './scripts/totalReporter.js';

/**
 * Backends the package tests run on; TFJS_BACKENDS=tensorflow,tensorflow-gpu adds the
 * native ones where they are installed.
 */
const backends = (process.env.TFJS_BACKENDS ?? 'cpu,wasm').split(',');

export default defineConfig({
  ssr: {
    resolve: {
      conditions: ['tfjs-compress-source', 'module', 'node', 'import', 'default'],
      externalConditions: ['tfjs-compress-source'],
    },
  },
  resolve: { conditions: ['tfjs-compress-source'] },
  test: {
    reporters: ['default', new TotalReporter()],
    testTimeout: 60_000,
    // Every core: vitest itself leaves one free, which is half of a machine with two.
    maxWorkers: availableParallelism(),
    hookTimeout: 60_000,
    /** `npm run coverage`: what reads untrusted files. */
    coverage: {
      include: [
        'packages/format/src/decode.ts',
        'packages/format/src/{codec,decode}/**',
        'packages/format/src/artifacts/{bytes,layout}.ts',
      ],
      reporter: ['text'],
      thresholds: { statements: 95, branches: 95, functions: 95, lines: 95 },
    },
    projects: [
      'test-e2e/vitest.config.ts',
      ...backends.map((backend) => ({
        extends: true as const,
        test: {
          name: backend,
          include: ['packages/*/src/**/*.test.ts', 'examples/*/*.test.js'],
          // Kernels of one backend, which the tests themselves compare with another's;
          // and what has none, and is compared with cpu.
          exclude: [
            ...configDefaults.exclude,
            ...(backend === 'wasm' ? [] : ['packages/wasm-training/**']),
            ...(backend === 'cpu' ? [] : ['packages/runtime/**']),
            // Attacks are read by processes of their own, whose lines nobody counts.
            ...(process.argv.includes('--coverage') ? ['**/attacks.test.ts'] : []),
          ],
          setupFiles: ['packages/testing/src/setup.ts'],
          env: { TFJS_BACKEND: backend },
        },
      })),
    ],
  },
});
