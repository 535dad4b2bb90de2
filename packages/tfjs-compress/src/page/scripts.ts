import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);

/**
 * The runtime as a script that defines the global tfjsCompress: the whole, or what Dense
 * layers need.
 */
export function runtimeScript(kind: 'all' | 'dense'): string {
  return `${read('@tfjs-compress/runtime', kind === 'dense' ? 'dense.iife.js' : 'index.iife.js')}\n`;
}

/** The page's own script, from client/. */
export function clientScript(): string {
  return read('tfjs-compress', 'page.iife.js');
}

function read(name: string, file: string): string {
  const path = join(dirname(require.resolve(`${name}/package.json`)), 'dist', file);
  if (!existsSync(path)) throw new Error(`${path}: this file of ${name} is missing: it is not built or not installed.`);
  return readFileSync(path, 'utf8').trim();
}
