/** Compiles the kernels into src/simd/binaries.ts: see there. */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';
import { compileAssembly } from '../../../scripts/compileAssembly.mjs';

const all = new URL('index.ts', import.meta.url);
const products = new URL('gemm.ts', import.meta.url);
const shared = ['--enable', 'threads', '--sharedMemory', '--maximumMemory', '65536'];
const relaxed = ['--enable', 'relaxed-simd'];

const modules = {
  unshared: [all],
  shared: [all, ...shared],
  fusedUnshared: [products, ...relaxed],
  fusedShared: [products, ...relaxed, ...shared],
};

/** The source of src/simd/binaries.ts. */
export async function compileBinaries() {
  const entries = Object.entries(modules).map(
    async ([name, options]) => `  ${name}:\n    '${await compile(options)}',\n`,
  );
  return `/**
 * Made by assembly/build.mjs from assembly/*.ts: WebAssembly modules in base64, for
 * memory that is shared between threads and for memory that is not. The fused ones hold
 * matrix products alone, with multiplications and additions that are one instruction,
 * which not every engine has.
 */
export const binaries = {
${(await Promise.all(entries)).join('')}};
`;
}

async function compile([entry, ...options]) {
  return (await compileAssembly(asc, entry, options)).toString('base64');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(new URL('../src/simd/binaries.ts', import.meta.url), await compileBinaries());
}
