import { check } from '@tfjs-compress/math/internal';
import type { AnnotatedImage, Annotation, ImageSet } from './ImageSet.js';

/**
 * How far a box may reach over its image's edge, in pixels: tools count from 0 or from 1.
 */
const tolerance = 1;

/**
 * Throws, before any image is read, unless `set` is one that can be used: images with a
 * size and load(), every object in its image and of one of `classes`.
 */
export function checkSet(set: ImageSet, classes: readonly string[], whose: string): void {
  const isSet = Array.isArray(set?.images) && Array.isArray(set.classes);
  check(isSet, 'set', '{ classes, images }, as readVoc and the like give it', set);
  for (const name of set.classes) {
    check(classes.includes(name), 'classes of the images', `among ${whose} (${classes.join(', ')})`, name);
  }
  check(set.images.length > 0, 'images', 'at least one', 0);
  set.images.forEach((image, i) => {
    const { width, height, objects, load } = image;
    const argument = `image ${image?.name ?? i}`;
    check(width > 0 && height > 0, argument, 'a width and a height above 0', [width, height]);
    check(typeof load === 'function', argument, 'a function load() that gives its pixels', load);
    check(Array.isArray(objects), argument, 'a list of objects', objects);
    for (const object of objects) checkObject(object, image, classes, whose);
  });
}

/** The same for what is to be learned from: at least one object that counts. */
export function checkTrainingSet(set: ImageSet, classes: readonly string[]): void {
  checkSet(set, classes, "the detector's");
  const counts = set.images.some(({ objects }) => objects.some(({ difficult, crowd }) => !difficult && !crowd));
  check(counts, 'images', 'at least one object that counts in all of them', 'none');
}

function checkObject(
  { box, class: name }: Annotation,
  image: AnnotatedImage,
  classes: readonly string[],
  whose: string,
): void {
  check(classes.includes(name), `image ${image.name}`, `classes among ${whose} (${classes.join(', ')})`, name);
  const argument = `image ${image.name}, box of '${name}'`;
  const areNumbers = box?.length === 4 && box.every(Number.isFinite);
  check(areNumbers, argument, 'four numbers [x1, y1, x2, y2]', box);
  const [x1, y1, x2, y2] = box;
  check(x1 < x2 && y1 < y2, argument, 'x1 < x2 and y1 < y2', box);
  const { width, height } = image;
  const isInside = Math.min(x1, y1) >= -tolerance && x2 <= width + tolerance && y2 <= height + tolerance;
  check(isInside && x1 < width && y1 < height && x2 > 0 && y2 > 0, argument, `inside of ${width} × ${height}`, box);
}
