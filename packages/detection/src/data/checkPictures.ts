import { check } from '@tfjs-compress/math';
import type { AnnotatedPicture, Annotation, PictureSet } from './PictureSet.js';

/** What to do with a box that has no area or lies outside its picture: throw, or leave it out. */
type InvalidBoxes = 'error' | 'skip';

export interface CheckOptions {
  /** Names of the classes in the order wanted. Default: VOC all that occur, sorted; COCO all categories in the order of their ids. */
  classes?: readonly string[];
  /** Boxes without area or outside the picture: an error (default), or left out. */
  invalidBoxes?: InvalidBoxes;
}

/**
 * Cuts boxes to their pictures and checks classes; boxes without area after that are an error that names the picture, or are
 * left out. Classes default to all that occur, sorted.
 */
export function checkPictures(
  pictures: AnnotatedPicture[],
  { classes, invalidBoxes = 'error' }: CheckOptions,
): PictureSet {
  check(['error', 'skip'].includes(invalidBoxes), 'invalidBoxes', "'error' or 'skip'", invalidBoxes);
  const found = new Set(pictures.flatMap((each) => each.objects.map((object) => object.class)));
  const names = classes ? [...classes] : [...found].sort();
  for (const picture of pictures) {
    for (const object of picture.objects) {
      if (names.includes(object.class)) continue;
      throw new Error(`${picture.name}: class '${object.class}' is not among the classes given: ${names.join(', ')}.`);
    }
  }
  const checked = pictures.map((picture) => ({
    ...picture,
    objects: picture.objects.flatMap((object): Annotation[] => {
      const [x1, y1, x2, y2] = object.box;
      const { width, height } = picture;
      const within = (v: number, max: number) => Math.min(Math.max(v, 0), max);
      const box: Annotation['box'] = [within(x1, width), within(y1, height), within(x2, width), within(y2, height)];
      if (box[2] > box[0] && box[3] > box[1]) return [{ ...object, box }];
      if (invalidBoxes === 'skip') return [];
      throw new Error(
        `${picture.name}: the box [${object.box.join(', ')}] of '${object.class}' has no area inside the picture ` +
          `(${width} × ${height}). invalidBoxes: 'skip' leaves such boxes out.`,
      );
    }),
  }));
  return { classes: names, pictures: checked };
}
