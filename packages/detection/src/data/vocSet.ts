import { check, checkKnownOptions } from '@tfjs-compress/math';
import { type CheckOptions, checkPictures } from './checkPictures.js';
import type { PictureSet } from './PictureSet.js';
import type { PictureSource } from './PictureSource.js';
import { parseVoc } from './parseVoc.js';
import { pictureReader, type ReadOptions, readOptions } from './pictureReader.js';

export interface VocOptions extends ReadOptions, CheckOptions {
  /** Which list of ImageSets/Main: 'train', 'val', 'trainval', 'test', … Several are joined. */
  split: string | readonly string[];
}

/**
 * Reads a folder in PASCAL VOC's layout (Annotations, ImageSets/Main, JPEGImages). VOC counts pixels from 1 and includes the last:
 * the numbers are taken as they are.
 */
export async function vocSet(source: PictureSource, options: VocOptions): Promise<PictureSet> {
  checkKnownOptions(options, ['split', ...readOptions], 'readVoc');
  const splits = typeof options.split === 'string' ? [options.split] : options.split;
  check(splits?.length > 0, 'split', "a list of ImageSets/Main, such as 'train'", options.split);
  const lists = await Promise.all(splits.map((split) => source.text(`ImageSets/Main/${split}.txt`)));
  const names = lists.flatMap((list) => list.split('\n').map((line) => line.trim().split(/\s+/)[0]));
  const reader = pictureReader(source, options);
  for (const name of names.filter((each) => each !== '')) {
    const file = `Annotations/${name}.xml`;
    await reader.add(`JPEGImages/${name}.jpg`, async () => ({ name, ...parseVoc(await source.text(file), file) }));
  }
  return checkPictures(reader.pictures, options);
}
