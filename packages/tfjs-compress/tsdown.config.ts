import { defineConfig } from 'tsdown';
import shared from '../../tsdown.config.js';
import { licenses } from './licenses.js';

export default defineConfig([
  shared,
  // The report and the command line are files with what they alone need in them (plots, a
  // document without a browser, an argument parser), so that nobody installs that as a
  // dependency.
  {
    ...shared,
    entry: { report: 'src/report/index.ts' },
    // Finds the packages' main files, where 'neutral' does not; asks for nothing that
    // Node has not.
    platform: 'browser',
    unbundle: false,
    minify: true,
    // What the report's files import from the callbacks is used by other files alone.
    // Their import would stay all the same, and bring every callback into a page that
    // shows figures.
    treeshake: { moduleSideEffects: [{ test: /^@tfjs-compress\//, sideEffects: false }] },
    plugins: [licenses('report.LICENSES.txt')],
    clean: false,
    // A name that package.json can tell bundlers to leave out.
    outputOptions: (options, format) => ({ ...options, chunkFileNames: format === 'cjs' ? '[name].cjs' : '[name].js' }),
  },
  {
    // `trial` is the program of the processes that run trials for `search` and `worker`.
    entry: { cli: 'src/cli/main.ts', trial: 'src/search/workers/trialProcess.ts' },
    format: ['esm'],
    platform: 'node',
    target: 'node20',
    clean: false,
    dts: false,
    plugins: [licenses('cli.LICENSES.txt')],
    deps: { neverBundle: ['tfjs-compress/report'] },
    outExtensions: () => ({ js: '.js' }),
    outDir: 'dist',
  },
  // For a script tag beside tfjs's own: the exports are in the global tfjsCompress, where
  // the runtime's script puts its own too.
  {
    entry: { 'tfjs-compress': 'src/index.ts' },
    format: ['iife'],
    globalName: 'tfjsCompress',
    platform: 'browser',
    target: 'es2022',
    minify: true,
    clean: false,
    dts: false,
    // The report is asked for in Node alone, where a search has an output folder.
    deps: { alwaysBundle: [/^@tfjs-compress\//], neverBundle: [/^@tensorflow\//, 'tfjs-compress/report'] },
    outputOptions: { extend: true, globals: { '@tensorflow/tfjs-core': 'tf', '@tensorflow/tfjs-layers': 'tf' } },
    banner: {
      js:
        "if(typeof tf==='undefined'||!tf.layers)" +
        "throw new Error('tfjs-compress: TensorFlow.js is not loaded. Put its script tag (@tensorflow/tfjs) before this one.');",
    },
    outExtensions: () => ({ js: '.js' }),
    outDir: 'dist',
  },
  // What runs in the pages that the command line writes.
  {
    entry: { page: 'src/page/client/main.ts' },
    format: ['iife'],
    platform: 'browser',
    target: 'es2022',
    minify: true,
    clean: false,
    dts: false,
    outExtensions: () => ({ js: '.js' }),
    outDir: 'dist',
  },
]);
