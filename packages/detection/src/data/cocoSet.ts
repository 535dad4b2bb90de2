import { checkKnownOptions } from '@tfjs-compress/math';
import { type CheckOptions, checkPictures } from './checkPictures.js';
import type { PictureSet } from './PictureSet.js';
import type { PictureSource } from './PictureSource.js';
import { parseCoco } from './parseCoco.js';
import { pictureReader, type ReadOptions, readOptions } from './pictureReader.js';

export interface CocoOptions extends ReadOptions, CheckOptions {}

/**
 * Reads COCO's instances_*.json with the pictures it lists. `annotations` and `pictures` are sources because COCO keeps them in different
 * folders.
 */
export async function cocoSet(
  annotations: PictureSource,
  file: string,
  pictures: PictureSource,
  options: CocoOptions = {},
): Promise<PictureSet> {
  checkKnownOptions(options, readOptions, 'readCoco');
  const { classes, pictures: described } = parseCoco(await annotations.text(file), file);
  const reader = pictureReader(pictures, options);
  for (const each of described) await reader.add(each.name, async () => each);
  return checkPictures(reader.pictures, { classes, ...options });
}
