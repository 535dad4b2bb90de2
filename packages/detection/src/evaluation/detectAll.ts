import {
  check,
  type Detection,
  type DetectOptions,
  detectDefaults,
  type Proposal,
  resolveOptions,
} from '@tfjs-compress/math/internal';
import { checkSet } from '../data/checkSet.js';
import type { ImageSet } from '../data/ImageSet.js';
import { loadImage } from '../data/loadImage.js';
import type { Detector } from '../model/Detector.js';

export interface DetectAllOptions extends DetectOptions {
  /** Called after each image. */
  onProgress?: (done: number, of: number) => void;
}

/**
 * Runs a detector over every image of a set: what the evaluations take. Options are
 * those of detect(); but scoreThreshold is 0.05 where it is not given, whatever the
 * model's own, as an average precision is made of detections of low scores, too.
 *
 * ```js
 * const { detections, proposals } = await detectAll(detector, set, { maxDetections: 10 });
 * console.log(detections.length, proposals.length); // → 1 1
 * ```
 *
 * @param detector What detects.
 * @param set What a reader gave.
 * @param options Those of detect(), and onProgress.
 * @returns Of each image, best first.
 * @throws ArgumentError for an option or the set; Error that names an image.
 */
export async function detectAll(
  detector: Detector,
  set: ImageSet,
  options: DetectAllOptions = {},
): Promise<{ detections: Detection[][]; proposals: Proposal[][] }> {
  const { scoreThreshold } = detectDefaults;
  const defaults = { ...detectDefaults, ...detector.config.detect, scoreThreshold, onProgress: undefined };
  const { onProgress, ...detectOptions } = resolveOptions<DetectAllOptions>('detectAll', options, defaults);
  check(onProgress === undefined || typeof onProgress === 'function', 'onProgress', 'a function', onProgress);
  checkSet(set, set?.classes, "the set's");
  const detections: Detection[][] = [];
  const proposals: Proposal[][] = [];
  for (const image of set.images) {
    const found = await detector.detectWithProposals(await loadImage(image), detectOptions);
    detections.push(found.detections);
    proposals.push(found.proposals);
    onProgress?.(detections.length, set.images.length);
  }
  return { detections, proposals };
}
