/**
 * The package tests alone, without installing or building:
 * `TFJS_BACKENDS=tensorflow npm run test:packages -- packages/layers`. TFJS_BACKENDS
 * names the backends (vitest.config.ts), arguments are vitest's filters.
 */
import { printTotal, runVitest } from './vitest.mjs';

printTotal([runVitest('vitest.config.ts', process.argv.slice(2))]);
