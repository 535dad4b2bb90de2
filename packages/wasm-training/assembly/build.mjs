/** Compiles the kernels into src/simd/binaries.ts: see there. */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

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
 * Made by assembly/build.mjs from assembly/*.ts: WebAssembly modules in base64, for memory that is shared between threads and for memory
 * that is not. The fused ones hold matrix products alone, with multiplications and additions that are one instruction, which not
 * every engine has.
 */
export const binaries = {
${(await Promise.all(entries)).join('')}};
`;
}

/** The kernels allocate nothing and have no static data, as the memory that they import belongs to the backend. */
async function compile([entry, ...options]) {
  const output = new Map();
  const { error, stderr } = await asc.main(
    [
      fileURLToPath(entry),
      '-o',
      'out.wasm',
      '-O3',
      '--runtime',
      'stub',
      '--importMemory',
      '--noExportMemory',
      '--noAssert',
      '--use',
      'abort=',
    ]
      .concat(['--enable', 'simd', '--baseDir', '/'])
      .concat(options),
    { writeFile: (name, contents) => output.set(name, contents) },
  );
  if (error) throw new Error(`asc: ${error.message}\n${stderr}`);
  return Buffer.from(output.get('out.wasm')).toString('base64');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(new URL('../src/simd/binaries.ts', import.meta.url), await compileBinaries());
}
