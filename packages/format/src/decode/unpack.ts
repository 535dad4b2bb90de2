import type { io } from '@tensorflow/tfjs-core';
import type { Bytes } from '../artifacts/bytes.js';
import { artifactsIn } from './artifactsIn.js';
import type { UnpackOptions } from './open.js';
import { openCompressed } from './openCompressed.js';

/**
 * The model artifacts in the bytes of a compressed file, for
 * tf.loadLayersModel(tf.io.fromMemory(artifacts)). Time and memory are bounded by the
 * length of the file and by maxBytes, whatever the file holds (SPEC.md, "Bounds").
 *
 * ```js
 * const again = await tf.loadLayersModel(tf.io.fromMemory(unpack(pack(await artifactsOf(model)))));
 * ```
 *
 * @throws FormatError, which names the file and the byte, for everything that is not a
 *   whole, unchanged compressed file.
 */
export function unpack(file: Bytes, options: UnpackOptions = {}): io.ModelArtifacts {
  return artifactsIn(openCompressed(file, options));
}
