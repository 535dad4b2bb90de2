import { checkOneOf } from '@tfjs-compress/math/internal';
import { checkClasses } from './checkClasses.js';
import { inParallel } from './inParallel.js';
import { checkSize, loadPicture } from './loadPicture.js';
import type { AnnotatedPicture, Annotation, PictureSet, Skipped } from './PictureSet.js';
import type { PictureSource } from './PictureSource.js';
import { keepBoxes } from './keepBoxes.js';

/** Options that all readers have. */
export interface ReadOptions {
  /**
   * Names of the classes in the order wanted. Default: VOC and CSV all that occur, sorted; COCO
   * all categories in the order of their ids.
   */
  classes?: readonly string[];
  /** Objects of other classes than `classes`: an error (default), or left out. */
  otherClasses?: 'error' | 'skip';
  /** Boxes without area or outside the picture: an error (default), or left out. */
  invalidBoxes?: 'error' | 'skip';
  /**
   * Pictures that are missing, no pictures, of another size than annotated, or whose annotation
   * cannot be read: an error (default), or left out.
   */
  invalidPictures?: 'error' | 'skip';
  /** Decode every picture now: finds those cut off in the middle before training does. Default false. */
  verify?: boolean;
}

export const readDefaults: Required<Omit<ReadOptions, 'classes'>> & Pick<ReadOptions, 'classes'> = {
  classes: undefined,
  otherClasses: 'error',
  invalidBoxes: 'error',
  invalidPictures: 'error',
  verify: false,
};

/** A picture as its annotation describes it. */
export type Described = Omit<AnnotatedPicture, 'load' | 'width' | 'height' | 'objects'> & {
  /** Or what gives them once the picture's size is known. */
  objects: Annotation[] | ((width: number, height: number) => Annotation[]);
  /** Paths of the picture, the first that is there being it. */
  paths: string[];
  /** As annotated; else the picture is asked for it. */
  size?: { width: number; height: number };
};

/** A picture to be described, by the name it has in messages. */
export interface Entry {
  name: string;
  describe(): Promise<Described> | Described;
}

/**
 * Collects pictures that are there and as large as they are said to be, with their boxes cut to
 * them. Pictures and boxes that are invalid and skipped are listed in the set, and told once on the
 * console; objects of other classes are not: leaving them out is a choice.
 *
 * @param owner The function the user called.
 */
export async function readPictures(
  owner: string,
  source: PictureSource,
  entries: readonly Entry[],
  options: typeof readDefaults,
): Promise<PictureSet> {
  const { classes, otherClasses, invalidPictures, invalidBoxes, verify } = options;
  checkOneOf(invalidPictures, ['error', 'skip'], 'invalidPictures');
  checkOneOf(invalidBoxes, ['error', 'skip'], 'invalidBoxes');
  checkOneOf(otherClasses, ['error', 'skip'], 'otherClasses');
  checkClasses(classes);
  const skipped: Skipped[] = [];
  const read = await inParallel(entries, async ({ name, describe }): Promise<AnnotatedPicture | Skipped> => {
    try {
      return await readPicture(source, await describe(), verify);
    } catch (error) {
      if (invalidPictures !== 'skip') throw error;
      return { name, reason: (error as Error).message };
    }
  });
  const pictures = read.flatMap((each) => {
    if ('load' in each) return [each];
    skipped.push(each);
    return [];
  });
  if (pictures.length === 0 && skipped.length > 0) {
    throw new Error(`${owner}: none of ${skipped.length} pictures can be read. The first: ${skipped[0].reason}`);
  }
  const found = new Set(pictures.flatMap(({ objects }) => objects.map((object) => object.class)));
  const names = classes ? [...classes] : [...found].sort();
  const checked = pictures.map((picture) => ({
    ...picture,
    objects: keepBoxes(picture, { names, otherClasses, invalidBoxes, skipped }),
  }));
  if (skipped.length > 0) {
    console.warn(`${owner}: ${skipped.length} left out, as the set's \`skipped\` lists. The first: ${skipped[0].reason}`);
  }
  return { classes: names, pictures: checked, skipped };
}

async function readPicture(
  source: PictureSource,
  { paths, size, objects, ...described }: Described,
  verify: boolean,
): Promise<AnnotatedPicture> {
  const known = verify ? await source.decode(paths) : await source.size(paths);
  if (known && size) checkSize(described.name, size, known);
  const { width, height } = size ?? known ?? (await source.decode(paths));
  const inPixels = typeof objects === 'function' ? objects(width, height) : objects;
  const picture = { ...described, width, height, objects: inPixels, load: () => source.decode(paths) };
  // On the web the size is known first when it is loaded.
  return { ...picture, load: () => loadPicture(picture) };
}
