import type { io } from '@tensorflow/tfjs-core';
import { pack } from '@tfjs-compress/format';
import { metadataKey } from '@tfjs-compress/layers';
import { shrinkArtifacts } from '../shrink/shrinkArtifacts.js';

export interface Finished {
  artifacts: io.ModelArtifacts;
  /** What `pack` makes of them. */
  file: Uint8Array;
  /** What each weight takes in it, in the order of weightSpecs. */
  sizes: number[];
}

/**
 * A trial's model as it is given away: without dead units, and without what only training
 * needs (which weights were pruned, in the model's metadata).
 */
export function finish(artifacts: io.ModelArtifacts): Finished {
  const { userDefinedMetadata, ...rest } = artifacts;
  const { [metadataKey]: _, ...others } = (userDefinedMetadata ?? {}) as Record<string, object>;
  const plain = packed({ ...rest, ...(Object.keys(others).length > 0 && { userDefinedMetadata: others }) });
  let shrunk: Finished;
  try {
    shrunk = packed(shrinkArtifacts(plain.artifacts).artifacts);
  } catch {
    // Layers of other packages, which shrink does not read.
    return plain;
  }
  return shrunk.file.length < plain.file.length ? shrunk : plain;
}

function packed(artifacts: io.ModelArtifacts): Finished {
  const sizes: number[] = [];
  const file = pack(artifacts, { onWeight: (_, bytes) => sizes.push(bytes) });
  return { artifacts, file, sizes };
}
