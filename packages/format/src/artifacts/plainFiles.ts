import type { io } from '@tensorflow/tfjs-core';
import { joinBuffers } from './weights.js';

/** A model as tfjs publishes it: what model.json and the one file of its weights hold. */
export function plainFiles({ weightData, weightSpecs: weights = [], ...rest }: io.ModelArtifacts): {
  'model.json': string;
  'weights.bin': Uint8Array;
} {
  const weightsManifest = [{ paths: ['weights.bin'], weights }];
  return { 'weights.bin': joinBuffers(weightData), 'model.json': JSON.stringify({ ...rest, weightsManifest }) };
}
