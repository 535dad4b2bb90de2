import { checkOneOf } from '@tfjs-compress/math/internal';
import { checkClasses } from './checkClasses.js';
import type { AnnotatedImage, Annotation, ImageSet, Skipped } from './ImageSet.js';
import type { ImageSource } from './ImageSource.js';
import { inParallel } from './inParallel.js';
import { keepBoxes } from './keepBoxes.js';
import { checkSize, loadImage } from './loadImage.js';

/** Options that all readers have. */
export interface ReadOptions {
  /**
   * Names of the classes in the order wanted. Default: VOC and CSV all that occur,
   * sorted; COCO all categories in the order of their ids.
   */
  classes?: readonly string[];
  /** Objects of other classes than `classes`: an error (default), or left out. */
  otherClasses?: 'error' | 'skip';
  /** Boxes without area or outside the image: an error (default), or left out. */
  invalidBoxes?: 'error' | 'skip';
  /**
   * Images that are missing, not images, of another size than annotated, or whose
   * annotation cannot be read: an error (default), or left out.
   */
  invalidImages?: 'error' | 'skip';
  /**
   * Decode every image now: finds those cut off in the middle before training does.
   * Default false.
   */
  verify?: boolean;
}

export const readDefaults: Required<Omit<ReadOptions, 'classes'>> & Pick<ReadOptions, 'classes'> = {
  classes: undefined,
  otherClasses: 'error',
  invalidBoxes: 'error',
  invalidImages: 'error',
  verify: false,
};

/** An image as its annotation describes it. */
export type Described = Omit<AnnotatedImage, 'load' | 'width' | 'height' | 'objects'> & {
  /** Or what gives them once the image's size is known. */
  objects: Annotation[] | ((width: number, height: number) => Annotation[]);
  /** Paths of the image, the first that is there being it. */
  paths: string[];
  /** As annotated; else the image is asked for it. */
  size?: { width: number; height: number };
};

/** An image to be described, by the name it has in messages. */
export interface Entry {
  name: string;
  describe(): Promise<Described> | Described;
}

/**
 * Collects images that are there and as large as they are said to be, with their boxes
 * cut to them. Images and boxes that are invalid and skipped are listed in the set, and
 * told once on the console; objects of other classes are not: leaving them out is a
 * choice.
 *
 * @param owner The function the user called.
 */
export async function readImages(
  owner: string,
  source: ImageSource,
  entries: readonly Entry[],
  options: typeof readDefaults,
): Promise<ImageSet> {
  const { classes, otherClasses, invalidImages, invalidBoxes, verify } = options;
  checkOneOf(invalidImages, ['error', 'skip'], 'invalidImages');
  checkOneOf(invalidBoxes, ['error', 'skip'], 'invalidBoxes');
  checkOneOf(otherClasses, ['error', 'skip'], 'otherClasses');
  checkClasses(classes);
  const skipped: Skipped[] = [];
  const read = await inParallel(entries, async ({ name, describe }): Promise<AnnotatedImage | Skipped> => {
    try {
      return await readImage(source, await describe(), verify);
    } catch (error) {
      if (invalidImages !== 'skip') throw error;
      return { name, reason: (error as Error).message };
    }
  });
  const images = read.flatMap((each) => {
    if ('load' in each) return [each];
    skipped.push(each);
    return [];
  });
  if (images.length === 0 && skipped.length > 0) {
    throw new Error(`${owner}: none of ${skipped.length} images can be read. The first: ${skipped[0].reason}`);
  }
  const found = new Set(images.flatMap(({ objects }) => objects.map((object) => object.class)));
  const names = classes ? [...classes] : [...found].sort();
  const checked = images.map((image) => ({
    ...image,
    objects: keepBoxes(image, { names, otherClasses, invalidBoxes, skipped }),
  }));
  if (skipped.length > 0) {
    console.warn(
      `${owner}: ${skipped.length} left out, as the set's \`skipped\` lists. The first: ${skipped[0].reason}`,
    );
  }
  return { classes: names, images: checked, skipped };
}

async function readImage(
  source: ImageSource,
  { paths, size, objects, ...described }: Described,
  verify: boolean,
): Promise<AnnotatedImage> {
  const known = verify ? await source.decode(paths) : await source.size(paths);
  if (known && size) checkSize(described.name, size, known);
  const { width, height } = size ?? known ?? (await source.decode(paths));
  const inPixels = typeof objects === 'function' ? objects(width, height) : objects;
  const image = { ...described, width, height, objects: inPixels, load: () => source.decode(paths) };
  // On the web the size is known first when it is loaded.
  return { ...image, load: () => loadImage(image) };
}
