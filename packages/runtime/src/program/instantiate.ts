import { Memory } from './Memory.js';
import type { Instance } from './Program.js';

/** An instance of a module of binaries.ts (base64), with memory of its own. */
export async function instantiate(binary: string): Promise<Instance> {
  const bytes = Uint8Array.from(atob(binary), (character) => character.charCodeAt(0));
  const memory = new WebAssembly.Memory({ initial: 1 });
  const { instance } = await WebAssembly.instantiate(bytes, { env: { memory } });
  return { memory: new Memory(memory), run: instance.exports.run as Instance['run'] };
}
