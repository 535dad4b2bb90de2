/**
 * What a page loads before the model: each program's smallest bundle and the files beside
 * it.
 */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { gzipSync } from 'node:zlib';

/** @returns By program { gzip, raw, files: [{ file, gzip, raw }] }, or { error }. */
export async function countBytes(programs, { bundle, copy, isInstalled }) {
  const counted = {};
  for (const [name, program] of Object.entries(programs)) {
    try {
      if (!isInstalled(program)) throw new Error('not installed');
      const files = [await bundle(program.entry), ...copy(program.wasm)].map(sizes);
      const sum = (key) => files.reduce((total, file) => total + file[key], 0);
      counted[name] = { gzip: sum('gzip'), raw: sum('raw'), files };
    } catch (error) {
      counted[name] = { error: error.message.split('\n')[0] };
    }
  }
  return counted;
}

function sizes(path) {
  const bytes = readFileSync(path);
  return { file: basename(path), gzip: gzipSync(bytes, { level: 9 }).length, raw: bytes.length };
}
