import type { AnnotatedImage, Annotation, Skipped } from './ImageSet.js';

interface KeepOptions {
  names: readonly string[];
  otherClasses: 'error' | 'skip';
  invalidBoxes: 'error' | 'skip';
  /** Boxes that are left out are added to it. */
  skipped: Skipped[];
}

/**
 * An image's objects of those classes, their boxes cut to the image. Boxes without area
 * after that are an error that names the image, or are left out.
 */
export function keepBoxes(
  { name, width, height, objects }: Omit<AnnotatedImage, 'load'>,
  { names, otherClasses, invalidBoxes, skipped }: KeepOptions,
): Annotation[] {
  return objects.flatMap((object): Annotation[] => {
    if (!names.includes(object.class)) {
      if (otherClasses === 'skip') return [];
      throw new Error(
        `${name}: class '${object.class}' is not among the classes given: ${names.join(', ')}. ` +
          "otherClasses: 'skip' leaves such objects out.",
      );
    }
    const [x1, y1, x2, y2] = object.box;
    const within = (v: number, max: number) => Math.min(Math.max(v, 0), max);
    const box: Annotation['box'] = [within(x1, width), within(y1, height), within(x2, width), within(y2, height)];
    if (box[2] > box[0] && box[3] > box[1]) return [{ ...object, box }];
    const reason =
      `${name}: the box [${object.box.join(', ')}] of '${object.class}' has no area inside the image ` +
      `(${width} × ${height}).`;
    if (invalidBoxes === 'error') throw new Error(`${reason} invalidBoxes: 'skip' leaves such boxes out.`);
    skipped.push({ name, reason });
    return [];
  });
}
