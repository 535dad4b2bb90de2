import { fileURLToPath } from 'node:url';

/**
 * The WebAssembly module of kernels in AssemblyScript; `asc` is the compiler's
 * programming interface, `options` are added to its command line. The kernels allocate
 * nothing and have no static data, as the memory that they import belongs to who calls
 * them.
 */
export async function compileAssembly(asc, entry, options) {
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
  return Buffer.from(output.get('out.wasm'));
}
