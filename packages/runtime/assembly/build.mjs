/** Compiles the kernels into src/program/binaries.ts: see there. */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { deflateSync } from 'node:zlib';
import asc from 'assemblyscript/asc';
import { compileAssembly } from '../../../scripts/compileAssembly.mjs';

const modules = { all: ['--converge', '--use', 'ALL=1'], dense: ['--converge', '--use', 'ALL=0'] };

/** The WebAssembly modules by name. */
export async function compileModules() {
  const entry = new URL('run.ts', import.meta.url);
  const entries = Object.entries(modules).map(async ([name, options]) => [
    name,
    await compileAssembly(asc, entry, options),
  ]);
  return Object.fromEntries(await Promise.all(entries));
}

/** The source of src/program/binaries.ts. */
export async function compileBinaries() {
  const constants = Object.entries(await compileModules()).map(
    ([name, module]) => `export const ${name} =\n  '${deflateSync(module, { level: 9 }).toString('base64')}';\n`,
  );
  return `/**
 * Made by assembly/build.mjs from assembly/*.ts: WebAssembly modules, one with all operations and one with those that dense layers
 * need, compressed (zlib) and in base64: in a file that is itself compressed, that takes a third less than base64 alone.
 */
${constants.join('\n')}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(new URL('../src/program/binaries.ts', import.meta.url), await compileBinaries());
}
