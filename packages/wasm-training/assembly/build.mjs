/** Compiles the kernels, for memory that is shared between threads and for memory that is not, into src/simd/binaries.ts. */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const entry = fileURLToPath(new URL('index.ts', import.meta.url));

/** The source of src/simd/binaries.ts. */
export async function compileBinaries() {
  const unshared = await compile([]);
  const shared = await compile(['--enable', 'threads', '--sharedMemory', '--maximumMemory', '65536']);
  return `/** Made by assembly/build.mjs from assembly/*.ts: WebAssembly modules in base64. */
export const binaries = {
  unshared:
    '${unshared.toString('base64')}',
  shared:
    '${shared.toString('base64')}',
};
`;
}

/** The kernels allocate nothing and have no static data, as the memory that they import belongs to the backend. */
async function compile(options) {
  const output = new Map();
  const { error, stderr } = await asc.main(
    [
      entry,
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
  return Buffer.from(output.get('out.wasm'));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(new URL('../src/simd/binaries.ts', import.meta.url), await compileBinaries());
}
