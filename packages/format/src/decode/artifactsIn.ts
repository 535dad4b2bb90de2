import type { io } from '@tensorflow/tfjs-core';
import type { OpenModel } from './open.js';

/** All of a model that has been opened. */
export function artifactsIn({ artifacts, tensors }: OpenModel): io.ModelArtifacts {
  let weightData = new ArrayBuffer(0);
  for (const { data } of tensors(true)) weightData = data.buffer;
  return artifacts.weightSpecs ? { ...artifacts, weightData } : artifacts;
}
