import { defineConfig } from 'tsdown';
import shared from '../../tsdown.config.js';

export default defineConfig([
  shared,
  // The command line is one file with what it alone needs (argument parser, plots), so that nobody installs that as a dependency.
  {
    entry: { cli: 'src/cli/main.ts' },
    format: ['esm'],
    platform: 'node',
    target: 'node20',
    clean: false,
    dts: false,
    outExtensions: () => ({ js: '.js' }),
    outDir: 'dist',
  },
]);
