import type { io } from '@tensorflow/tfjs-core';
import { metadataKey } from '@tfjs-compress/layers/internal';

/**
 * The artifacts without what an earlier fit has noted in the model's metadata: which
 * weights it pruned.
 */
export function withoutMarks({ userDefinedMetadata, ...rest }: io.ModelArtifacts): io.ModelArtifacts {
  const { [metadataKey]: _, ...others } = (userDefinedMetadata ?? {}) as Record<string, object>;
  return { ...rest, ...(Object.keys(others).length > 0 && { userDefinedMetadata: others }) };
}
