import { fuse } from './fuse.js';

/** An instance of the kernels. */
export interface Kernels {
  memory: WebAssembly.Memory;
  /** Runs the program at an address. 0, or what went wrong. */
  run(program: number): number;
}

/** An instance of a module of binaries.ts (base64 of zlib), with memory of its own. */
export async function loadKernels(binary: string): Promise<Kernels> {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const { instance } = await WebAssembly.instantiate(fuse(await inflated(binary)), { env: { memory } });
  return { memory, run: instance.exports.run as Kernels['run'] };
}

/**
 * Without a Response, which would be shorter, and takes 25 ms in Node when it is used for
 * the first time.
 */
async function inflated(binary: string): Promise<Uint8Array<ArrayBuffer>> {
  // 'deflate-raw' would be 6 bytes less, but Node has it from 20.12 on.
  const { readable, writable } = new DecompressionStream('deflate');
  const writer = writable.getWriter();
  writer.write(Uint8Array.from(atob(binary), (character) => character.charCodeAt(0)));
  writer.close();
  const reader = readable.getReader();
  const bytes: number[] = [];
  for (;;) {
    const { value } = await reader.read();
    if (!value) return Uint8Array.from(bytes);
    for (const byte of value) bytes.push(byte);
  }
}
