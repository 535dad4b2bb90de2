import { loadKernels } from './loadKernels.js';
import { Memory } from './Memory.js';
import type { Instance } from './Program.js';

/** An instance of a module of binaries.ts, with memory of its own. */
export async function instantiate(binary: string): Promise<Instance> {
  const { memory, run } = await loadKernels(binary);
  return { memory: new Memory(memory), run };
}
