import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';
import { buildSync } from 'esbuild';
import { compileAssembly } from '../../../scripts/compileAssembly.mjs';

const program = new URL('../../../packages/runtime/src/program/', import.meta.url);

/** A module of the runtime's sources, with what it imports. */
async function source(name) {
  const entryPoints = [fileURLToPath(new URL(name, program))];
  const bundled = { bundle: true, write: false, format: 'esm', conditions: ['tfjs-compress-source'] };
  const { outputFiles } = buildSync({ entryPoints, ...bundled });
  return import(`data:text/javascript,${encodeURIComponent(outputFiles[0].text)}`);
}

export const Op = await source('Op.ts');
export const { Matrix } = await source('Matrix.ts');
export const { windowScratchBytes } = await source('windowScratchBytes.ts');
const { all } = await source('binaries.ts');
const { binaryOf } = await source('binaryOf.ts');
const { fuse } = await source('fuse.ts');
const bytes = binaryOf(all);
const fusedBytes = fuse(bytes);
const module = new WebAssembly.Module(fusedBytes);

/**
 * Whether multiplication and addition are one instruction, as in browsers; Node 20 needs
 * --experimental-wasm-relaxed-simd.
 */
export const fused = fusedBytes !== bytes;

/** A parameter that is a float32. */
export const f = (float) => ({ float });

/** The kernels with a memory of their own, which holds one program. */
export class Machine {
  memory = new WebAssembly.Memory({ initial: 1 });
  end = 64;

  place(bytes) {
    const address = this.end;
    this.end += Math.ceil(bytes / 64) * 64 + 64;
    const missing = this.end - this.memory.buffer.byteLength;
    if (missing > 0) this.memory.grow(Math.ceil(missing / 65_536));
    return address;
  }

  put(numbers) {
    const address = this.place(numbers.byteLength);
    new numbers.constructor(this.memory.buffer, address, numbers.length).set(numbers);
    return address;
  }

  /** A function that runs the operations. */
  prepare(...operations) {
    const words = [...operations.flatMap(([code, ...rest]) => [code, rest.length, ...rest]), 0];
    const program = new DataView(new ArrayBuffer(4 * words.length));
    words.forEach((word, i) => {
      if (typeof word === 'number') program.setInt32(4 * i, word, true);
      else program.setFloat32(4 * i, word.float, true);
    });
    const address = this.put(new Uint32Array(program.buffer));
    const { run } = new WebAssembly.Instance(module, { env: { memory: this.memory } }).exports;
    return () => run(address);
  }
}

/**
 * A function that does so many multiplications and additions in registers: what no kernel
 * can beat.
 */
export async function registersOnly() {
  const bytes = await compileAssembly(asc, new URL('limit.ts', import.meta.url), []);
  const memory = new WebAssembly.Memory({ initial: 1 });
  const { instance } = await WebAssembly.instantiate(bytes, { env: { memory } });
  return (pairs) => instance.exports.multiplyAdd(Math.round(pairs / 48), 0.999);
}
