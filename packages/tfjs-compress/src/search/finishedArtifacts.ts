import type { io } from '@tensorflow/tfjs-core';
import { pack } from '@tfjs-compress/format';
import { shrinkArtifacts } from '../shrink/shrinkArtifacts.js';

/**
 * A trial's model as it is given away: without dead units, and without what only training
 * needs (which weights were pruned, in the metadata of the suite).
 */
export function finishedArtifacts(artifacts: io.ModelArtifacts): io.ModelArtifacts {
  const { userDefinedMetadata, ...rest } = artifacts;
  const { tfjsCompress: _, ...others } = (userDefinedMetadata ?? {}) as Record<string, object>;
  const plain = { ...rest, ...(Object.keys(others).length > 0 && { userDefinedMetadata: others }) };
  try {
    const { artifacts: shrunk } = shrinkArtifacts(plain);
    return pack(shrunk).length < pack(plain).length ? shrunk : plain;
  } catch {
    // Layers of other packages, which shrink does not read.
    return plain;
  }
}
