import { binaryOf } from './binaryOf.js';
import { fuse } from './fuse.js';

/** An instance of the kernels. */
export interface Kernels {
  memory: WebAssembly.Memory;
  /** Runs the program at an address. 0, or what went wrong. */
  run(program: number): number;
}

/** An instance of a module of binaries.ts, with memory of its own. */
export async function loadKernels(binary: string): Promise<Kernels> {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const { instance } = await WebAssembly.instantiate(fuse(binaryOf(binary)), { env: { memory } });
  return { memory, run: instance.exports.run as Kernels['run'] };
}
