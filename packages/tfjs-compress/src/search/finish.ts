import type { io } from '@tensorflow/tfjs-core';
import { pack } from '@tfjs-compress/format';
import { shrinkArtifacts } from '../shrink/shrinkArtifacts.js';
import { withoutMarks } from './withoutMarks.js';

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
  const plain = packed(withoutMarks(artifacts));
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
