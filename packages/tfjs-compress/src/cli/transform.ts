import type { io } from '@tensorflow/tfjs-core';
import { codebookOf, FREE, pruneToSparsity, roundToPowerOfTwo } from '@tfjs-compress/math';
import { weightsOf } from './artifacts.js';

/** Sets the smallest weights of every kernel to zero. Changes the artifacts' data. */
export function prune(artifacts: io.ModelArtifacts, sparsity: number): void {
  for (const { values, isCompressible } of weightsOf(artifacts)) {
    if (!isCompressible) continue;
    const states = new Uint8Array(values.length).fill(FREE);
    pruneToSparsity(values, states, sparsity);
    for (let i = 0; i < values.length; i++) if (states[i] !== FREE) values[i] = 0;
  }
}

/** Rounds every kernel to powers of two (INQ's levels for `bits` bits). Changes the artifacts' data. */
export function quantize(artifacts: io.ModelArtifacts, bits: number): void {
  for (const { values, isCompressible } of weightsOf(artifacts)) {
    if (isCompressible) values.set(roundToPowerOfTwo(values, codebookOf(values, bits)));
  }
}
