import {
  clipBoxes,
  type Detection,
  type DetectOptions,
  inImage,
  isLargeEnough,
  nonMaxSuppressionAsync,
  pickBoxes,
} from '@tfjs-compress/math/internal';
import type { ClassifiedBoxes } from './ProposalClassifier.js';
import type { Prepared } from './preprocess.js';

/**
 * The detections that are left after suppression, best first, in the pixels of the
 * image given.
 */
export async function keptDetections(
  { boxes: moved, scores, classes }: ClassifiedBoxes,
  prepared: Prepared,
  names: readonly string[],
  { iouThreshold, scoreThreshold, maxDetections: maxBoxes }: Required<DetectOptions>,
): Promise<Detection[]> {
  const boxes = clipBoxes(moved, prepared.width, prepared.height);
  const make = (i: number) => isLargeEnough(boxes, i);
  const suppression = { iouThreshold, scoreThreshold, classes, maxBoxes, make };
  const kept = await nonMaxSuppressionAsync(boxes, scores, suppression);
  return inImage(pickBoxes(boxes, kept), prepared).map((box, k) => ({
    box,
    class: names[classes[kept[k]]],
    score: scores[kept[k]],
  }));
}
