import { check, type Detection } from '@tfjs-compress/math/internal';
import type { ImageSet } from '../data/ImageSet.js';
import { checkEvaluated } from './checkEvaluated.js';

/** One detection as COCO's results format has it. */
export interface CocoDetection {
  image_id: number | string;
  category_id: number | string;
  /** [x, y, width, height] in pixels. */
  bbox: [number, number, number, number];
  score: number;
}

/**
 * Detections as COCO's results, for its evaluation server and pycocotools' loadRes().
 *
 * @param detections Of each image of the set, as detectAll() gives them.
 * @param set What readCoco() gave: it knows the ids of images and classes.
 * @throws ArgumentError for a set without ids, or a class that is not COCO's.
 * @example
 * const { detections } = await detectAll(detector, set);
 * writeFileSync('results.json', JSON.stringify(cocoResults(detections, set)));
 */
export function cocoResults(detections: readonly (readonly Detection[])[], set: ImageSet): CocoDetection[] {
  checkEvaluated(
    detections,
    set.images.map(({ objects }) => objects),
  );
  const { categoryIds, images } = set;
  check(categoryIds !== undefined, 'set', 'one that readCoco() or fetchCoco() gave', 'a set without ids');
  return detections.flatMap((list, i) => {
    const { id, name } = images[i];
    check(id !== undefined, `image ${name}`, 'an id', id);
    return list.map(({ box: [x1, y1, x2, y2], class: of, score }) => {
      const category = categoryIds[of];
      check(category !== undefined, 'class', `one of ${Object.keys(categoryIds).join(', ')}`, of);
      return { image_id: id, category_id: category, bbox: [x1, y1, x2 - x1, y2 - y1], score };
    });
  });
}
