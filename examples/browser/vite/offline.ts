import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import type { Plugin } from 'vite';

/**
 * Kept when they have been used: other backends, and builds of WebAssembly that few
 * browsers take.
 */
const onDemand = /webgl|webgpu|threaded|backend-wasm-(?!simd).*\.wasm$/;

/**
 * Writes the service worker: serviceWorker.js of this folder, with the names of the
 * page's files before it.
 */
export function offline(): Plugin {
  let folder = '';
  return {
    name: 'offline',
    apply: 'build',
    configResolved(config) {
      folder = resolve(config.root, config.build.outDir);
    },
    closeBundle: {
      order: 'post',
      handler() {
        const all = readdirSync(folder, { recursive: true, withFileTypes: true })
          .filter((entry) => entry.isFile() && entry.name !== 'serviceWorker.js')
          .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
          .sort();
        const version = createHash('sha256');
        for (const name of all) version.update(name).update(readFileSync(join(folder, name)));
        const files = ['./', ...all.filter((name) => !onDemand.test(name))];
        const settings = { version: version.digest('hex').slice(0, 12), files };
        const script = readFileSync(join(import.meta.dirname, 'serviceWorker.js'), 'utf8');
        writeFileSync(
          join(folder, 'serviceWorker.js'),
          `const { version, files } = ${JSON.stringify(settings)};\n${script}`,
        );
      },
    },
  };
}
