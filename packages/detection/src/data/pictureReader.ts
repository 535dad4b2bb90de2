import { check } from '@tfjs-compress/math';
import type { AnnotatedPicture } from './PictureSet.js';
import type { PictureSource } from './PictureSource.js';

export interface ReadOptions {
  /** Pictures that are missing, no pictures, of another size than annotated, or whose annotation cannot be read: an error (default), or left out. */
  invalidPictures?: 'error' | 'skip';
  /** Decode every picture once now: finds those that are cut off in the middle before training does. Default false. */
  verify?: boolean;
}

/** Options that all readers have. */
export const readOptions = ['invalidPictures', 'verify', 'classes', 'invalidBoxes'];

/** Collects pictures that are there and as they are said to be. */
export function pictureReader(source: PictureSource, { invalidPictures = 'error', verify = false }: ReadOptions) {
  check(['error', 'skip'].includes(invalidPictures), 'invalidPictures', "'error' or 'skip'", invalidPictures);
  const pictures: AnnotatedPicture[] = [];
  const add = async (path: string, annotation: () => Promise<Omit<AnnotatedPicture, 'load'>>) => {
    try {
      const described = await annotation();
      const size = verify ? await source.decode(path) : await source.check(path);
      const { width, height, name } = described;
      if (size && (size.width !== width || size.height !== height)) {
        throw new Error(`${name}: annotated as ${width} × ${height}, but the picture has ${size.width} × ${size.height}.`);
      }
      pictures.push({ ...described, load: () => source.decode(path) });
    } catch (error) {
      if (invalidPictures !== 'skip') throw error;
    }
  };
  return { pictures, add };
}
