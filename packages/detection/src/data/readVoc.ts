import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkPictures, type InvalidBoxes } from './checkPictures.js';
import { decodePicture } from './decodePicture.js';
import type { AnnotatedPicture, PictureSet } from './PictureSet.js';
import { parseVoc } from './parseVoc.js';

export interface ReadVocOptions {
  /** Which list of ImageSets/Main: 'train', 'val', 'trainval', 'test', … Several are joined. */
  split: string | readonly string[];
  /** Names of the classes in the order wanted. Default: all that occur in this split, sorted. */
  classes?: readonly string[];
  /** Boxes without area or outside the picture: an error (default), or left out. */
  invalidBoxes?: InvalidBoxes;
  /** Pictures whose files are missing or whose annotation cannot be read: an error (default), or left out. */
  invalidPictures?: 'error' | 'skip';
}

/**
 * Reads a folder in PASCAL VOC's layout (Annotations, ImageSets/Main, JPEGImages). Pictures are decoded when they are needed.
 * VOC counts pixels from 1 and includes the last: the numbers are taken as they are.
 */
export async function readVoc(folder: string, options: ReadVocOptions): Promise<PictureSet> {
  const splits = typeof options.split === 'string' ? [options.split] : options.split;
  const names = (await Promise.all(splits.map((split) => readSplit(folder, split)))).flat();
  const pictures: AnnotatedPicture[] = [];
  for (const name of names) {
    try {
      pictures.push(await readPicture(folder, name));
    } catch (error) {
      if (options.invalidPictures !== 'skip') throw error;
    }
  }
  return checkPictures(pictures, options);
}

async function readSplit(folder: string, split: string): Promise<string[]> {
  const file = join(folder, 'ImageSets', 'Main', `${split}.txt`);
  const lines = (await readFile(file, 'utf8')).split('\n').map((line) => line.trim().split(/\s+/)[0]);
  return lines.filter((line) => line !== '');
}

async function readPicture(folder: string, name: string): Promise<AnnotatedPicture> {
  const annotationFile = join(folder, 'Annotations', `${name}.xml`);
  const annotation = parseVoc(await readFile(annotationFile, 'utf8'), annotationFile);
  const file = join(folder, 'JPEGImages', `${name}.jpg`);
  await access(file).catch(() => {
    throw new Error(`${file}: missing.`);
  });
  return { name, ...annotation, load: () => decodePicture(file) };
}
