import { fuse } from './fuse.js';

/** An instance of the kernels. */
export interface Kernels {
  memory: WebAssembly.Memory;
  /** Runs the program at an address. 0, or what went wrong. */
  run(program: number): number;
}

/** An instance of a module of binaries.ts (base64 of zlib), with memory of its own. */
export async function loadKernels(binary: string): Promise<Kernels> {
  const bytes = Uint8Array.from(atob(binary), (character) => character.charCodeAt(0));
  // 'deflate-raw' would be 6 bytes less, but Node has it from 20.12 on.
  const inflated = new Response(bytes).body!.pipeThrough(new DecompressionStream('deflate'));
  const memory = new WebAssembly.Memory({ initial: 1 });
  const module = fuse(new Uint8Array(await new Response(inflated).arrayBuffer()));
  const { instance } = await WebAssembly.instantiate(module, { env: { memory } });
  return { memory, run: instance.exports.run as Kernels['run'] };
}
