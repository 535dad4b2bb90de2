import type { io } from '@tensorflow/tfjs-core';
import { codebookOf, FREE, pruneToSparsity, roundToPowerOfTwo } from '@tfjs-compress/math';
import { type Weight, weightsOf } from '../model/weights.js';

/** Sets the smallest weights of every kernel to zero. Changes the artifacts' data; returns how many kernels. */
export function prune(artifacts: io.ModelArtifacts, sparsity: number): number {
  const kernels = kernelsOf(artifacts);
  for (const { values } of kernels) {
    const states = new Uint8Array(values.length).fill(FREE);
    pruneToSparsity(values, states, sparsity);
    for (let i = 0; i < values.length; i++) if (states[i] !== FREE) values[i] = 0;
  }
  return kernels.length;
}

/** Rounds every kernel to powers of two (INQ's levels for `bits` bits). Changes the artifacts' data; returns how many kernels. */
export function quantize(artifacts: io.ModelArtifacts, bits: number): number {
  const kernels = kernelsOf(artifacts);
  for (const { values } of kernels) values.set(roundToPowerOfTwo(values, codebookOf(values, bits)));
  return kernels.length;
}

/** Throws an Error when there are none, or their values are no float32 that could be changed in place. */
function kernelsOf(artifacts: io.ModelArtifacts): Weight[] {
  const kernels = weightsOf(artifacts).filter(({ isCompressible }) => isCompressible);
  if (kernels.length === 0) throw new Error('the model has no kernel that could be pruned or quantized.');
  for (const { name, storedAs, values } of kernels) {
    if (storedAs)
      throw new Error(`weight '${name}' is stored as ${storedAs}; only float32 can be pruned or quantized.`);
    if (!values.every(Number.isFinite)) throw new Error(`weight '${name}' has values that are not finite.`);
  }
  return kernels;
}
