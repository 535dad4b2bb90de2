import { check, resolveOptions } from '@tfjs-compress/math/internal';
import { checkClasses } from './checkClasses.js';
import { decodeText } from './decodeText.js';
import type { PictureSet } from './PictureSet.js';
import { join, type PictureSource } from './PictureSource.js';
import { parseCoco } from './parseCoco.js';
import { type ReadOptions, readDefaults, readPictures } from './readPictures.js';

export interface CocoOptions extends ReadOptions {}

/**
 * Reads COCO's instances_*.json with the pictures it lists. `annotations` and `pictures` are
 * sources because COCO keeps them in different folders.
 */
export async function cocoSet(
  owner: string,
  annotations: PictureSource,
  file: string,
  pictures: PictureSource,
  options: CocoOptions = {},
): Promise<PictureSet> {
  const given = resolveOptions<typeof readDefaults>(owner, options, readDefaults);
  checkClasses(given.classes);
  const coco = parseCoco(decodeText(await annotations.bytes(file), file), file);
  for (const name of given.classes ?? []) {
    check(coco.classes.includes(name), 'classes', `categories of ${file} (${coco.classes.join(', ')})`, name);
  }
  const entries = coco.pictures.map(({ name, ...rest }) => ({
    name,
    describe: () => ({ name, ...rest, paths: [join('', name)] }),
  }));
  const set = await readPictures(owner, pictures, entries, { ...given, classes: given.classes ?? coco.classes });
  return { ...set, categoryIds: coco.categoryIds };
}
