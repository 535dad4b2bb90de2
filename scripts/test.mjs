/**
 * `npm test`: sets the clone up, runs the package tests on every backend and the
 * end-to-end tests, and prints the total. Arguments are passed on to vitest as filters:
 * `npm test -- packages/math`.
 */
import { setup } from './setup.mjs';
import { printTotal, runVitest } from './vitest.mjs';

const filters = process.argv.slice(2);
try {
  setup();
  const packages = runVitest('vitest.config.ts', filters);
  const consumers = runVitest('test-e2e/vitest.config.ts', filters);
  printTotal([packages, consumers]);
} catch (error) {
  printTotal([{ passed: 0, failed: 1, failures: [`✗ ${error.message}`] }]);
}
