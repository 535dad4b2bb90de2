import { check, resolveOptions } from '@tfjs-compress/math/internal';
import { checkClasses } from './checkClasses.js';
import { decodeText } from './decodeText.js';
import type { ImageSet } from './ImageSet.js';
import { type ImageSource, join } from './ImageSource.js';
import { parseCoco } from './parseCoco.js';
import { type ReadOptions, readDefaults, readImages } from './readImages.js';

export interface CocoOptions extends ReadOptions {}

/**
 * Reads COCO's instances_*.json with the images it lists. `annotations` and `images` are
 * sources because COCO keeps them in different folders.
 */
export async function cocoSet(
  owner: string,
  annotations: ImageSource,
  file: string,
  images: ImageSource,
  options: CocoOptions = {},
): Promise<ImageSet> {
  const given = resolveOptions<typeof readDefaults>(owner, options, readDefaults);
  checkClasses(given.classes);
  const coco = parseCoco(decodeText(await annotations.bytes(file), file), file);
  for (const name of given.classes ?? []) {
    check(coco.classes.includes(name), 'classes', `categories of ${file} (${coco.classes.join(', ')})`, name);
  }
  const entries = coco.images.map(({ name, ...rest }) => ({
    name,
    describe: () => ({ name, ...rest, paths: [join('', name)] }),
  }));
  const set = await readImages(owner, images, entries, { ...given, classes: given.classes ?? coco.classes });
  return { ...set, categoryIds: coco.categoryIds };
}
