import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import commonjs from '@rollup/plugin-commonjs';
import { nodeResolve } from '@rollup/plugin-node-resolve';
import * as esbuild from 'esbuild';
import { rollup } from 'rollup';
import * as vite from 'vite';
import webpack from 'webpack';
import { run } from './run.js';

/**
 * Bundles the module `entry` and all that it imports into one file for browsers, as the
 * bundler does it for production.
 */
type Bundle = (entry: string, output: string) => Promise<unknown>;

export const bundlers: Record<string, Bundle> = {
  'webpack 5': (entry, output) =>
    new Promise((resolve, reject) => {
      const where = { path: dirname(output), filename: basename(output) };
      // What is left out is known before; minimizing tfjs takes half a minute.
      const rest = { performance: { hints: false }, optimization: { minimize: false } } as const;
      webpack({ mode: 'production', context: dirname(entry), entry, output: where, ...rest }, (error, stats) => {
        if (error || stats?.hasErrors()) reject(error ?? new Error(stats?.toString('errors-only')));
        else resolve(stats);
      });
    }),
  Vite: (entry, output) =>
    vite.build({
      root: dirname(entry),
      configFile: false,
      logLevel: 'error',
      build: {
        outDir: dirname(output),
        emptyOutDir: false,
        copyPublicDir: false,
        rolldownOptions: { input: entry, output: { entryFileNames: basename(output) } },
      },
    }),
  async Rollup(entry, output) {
    const plugins = [nodeResolve({ browser: true }), commonjs()];
    const bundle = await rollup({ input: entry, plugins, onwarn: () => {} });
    await bundle.write({ file: output, format: 'es', inlineDynamicImports: true });
    await bundle.close();
  },
  esbuild: (entry, output) =>
    esbuild.build({
      entryPoints: [entry],
      outfile: output,
      bundle: true,
      minify: true,
      format: 'esm',
      logLevel: 'error',
    }),
  /**
   * Its workers outlive a build made by its API, so it is a process; it names what it
   * writes after the entry.
   */
  'Parcel 2': (entry, output) => {
    const parcel = join(dirname(createRequire(import.meta.url).resolve('parcel/package.json')), 'lib', 'bin.js');
    const options = ['--dist-dir', dirname(output), '--no-cache', '--no-source-maps', '--log-level', 'error'];
    return run(process.execPath, [parcel, 'build', entry, ...options], { cwd: dirname(entry) });
  },
};
