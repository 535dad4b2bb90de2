import * as tf from '@tensorflow/tfjs-core';
import type { Detection, DetectOptions, Proposal } from '@tfjs-compress/math/detection';
import type { PictureSet } from '../data/PictureSet.js';
import type { Detector } from '../model/Detector.js';

/** Runs a detector over every picture of a set: what the evaluations take. */
export async function detectAll(
  detector: Detector,
  set: PictureSet,
  options: DetectOptions & { onProgress?: (done: number, of: number) => void } = {},
): Promise<{ detections: Detection[][]; proposals: Proposal[][] }> {
  const { onProgress, ...detectOptions } = options;
  const detections: Detection[][] = [];
  const proposals: Proposal[][] = [];
  for (const picture of set.pictures) {
    const { data, width, height } = await picture.load();
    const tensor = tf.tensor3d(data as Uint8Array, [height, width, 3], 'int32');
    const found = await detector.detectWithProposals(tensor, detectOptions);
    detections.push(found.detections);
    proposals.push(found.proposals);
    tensor.dispose();
    onProgress?.(detections.length, set.pictures.length);
  }
  return { detections, proposals };
}
