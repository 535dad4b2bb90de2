import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);

/** The runtime as a script: the whole, or what Dense layers need. */
export function runtimeScript(kind: 'index' | 'dense'): string {
  return built('@tfjs-compress/runtime', `${kind}.iife.js`);
}

/** The page's own script, from client/. */
export function clientScript(): string {
  return built('tfjs-compress', 'page.iife.js');
}

function built(name: string, file: string): string {
  const path = join(dirname(require.resolve(`${name}/package.json`)), 'dist', file);
  if (!existsSync(path))
    throw new Error(`${path}: this file of ${name} is missing: it is not built or not installed as a whole.`);
  return readFileSync(path, 'utf8').trim();
}
