import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';

/**
 * Writes sizes.json beside the page: how many bytes, gzipped, the runtime's code has, and
 * TensorFlow.js's with its WebAssembly. Measured on the files that the page loads.
 */
export function measureCode(): Plugin {
  let folder = '';
  return {
    name: 'measure-code',
    apply: 'build',
    configResolved(config) {
      folder = resolve(config.root, config.build.outDir);
    },
    closeBundle() {
      const files = readdirSync(join(folder, 'assets'));
      const measure = (pattern: RegExp) => {
        const found = files.filter((name) => pattern.test(name));
        if (found.length === 0) throw new Error(`measure-code: no file like ${pattern} among ${files.join(', ')}`);
        const sizes = found.map((name) => gzipSync(readFileSync(join(folder, 'assets', name)), { level: 9 }).length);
        return Math.max(...sizes);
      };
      const runtime = measure(/^runtime-.*\.js$/);
      const tfjs = measure(/^tfjs-(?!backend).*\.js$/) + measure(/^tfjs-backend-wasm-simd-.*\.wasm$/);
      writeFileSync(join(folder, 'sizes.json'), `${JSON.stringify({ runtime, tfjs })}\n`);
    },
  };
}
