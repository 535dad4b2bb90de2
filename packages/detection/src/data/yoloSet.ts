import { check, resolveOptions } from '@tfjs-compress/math/internal';
import { checkClasses } from './checkClasses.js';
import { decodeText } from './decodeText.js';
import type { ImageSet } from './ImageSet.js';
import { extensions, type ImageSource, join, MissingFileError, splitExtension } from './ImageSource.js';
import { parseYolo, yoloObjects } from './parseYolo.js';
import { pathsByStem } from './pathsByStem.js';
import { type Described, type ReadOptions, readDefaults, readImages } from './readImages.js';

export interface YoloOptions extends Omit<ReadOptions, 'otherClasses'> {
  /**
   * Names of the classes in the order of their indices, as data.yaml lists them. Default:
   * the lines of classes.txt beside the labels, which LabelImg writes.
   */
  classes?: readonly string[];
  /**
   * Paths of the images in their folder. Default: all of them; on the web it is needed.
   */
  names?: readonly string[];
  /** Where files are below the folder; '.' is the folder itself. */
  folders?: {
    /** Default 'images'. For one split of several 'images/train', say. */
    images?: string;
    /** Default: `images` with 'labels' instead of its last 'images'. */
    labels?: string;
  };
}

const { otherClasses: _, ...shared } = readDefaults;
const defaults = { names: undefined, folders: {}, ...shared } as typeof shared &
  Pick<YoloOptions, 'names'> & { folders: object };

/**
 * Reads images with YOLO's label files. An image without one is an image without objects.
 */
export async function yoloSet(owner: string, source: ImageSource, options: YoloOptions = {}): Promise<ImageSet> {
  const given = resolveOptions<typeof defaults>(owner, options as object, defaults);
  const folderDefaults = { images: 'images', labels: undefined as string | undefined };
  const folders = resolveOptions(`${owner}.folders`, given.folders, folderDefaults);
  const labels = folders.labels ?? folders.images.replace(/images(?!.*images)/, 'labels');
  const classes = given.classes ?? (await readClasses(source, join(labels, 'classes.txt')));
  checkClasses(classes);
  const names = given.names ?? (await listed(source, folders.images));
  check(names.length > 0, 'names', 'at least one image', 'none');
  const describe = async (name: string): Promise<Described> => {
    const file = join(labels, `${splitExtension(name)[0]}.txt`);
    const objects = parseYolo(await textIfThere(source, file), file, classes);
    return {
      name,
      objects: (width, height) => yoloObjects(objects, width, height),
      paths: [join(folders.images, name)],
    };
  };
  const entries = names.map((name) => ({ name, describe: () => describe(name) }));
  return readImages(owner, source, entries, { ...readDefaults, ...given, classes });
}

async function listed(source: ImageSource, folder: string): Promise<string[]> {
  check(source.list !== undefined, 'names', 'the paths of the images, as files on the web cannot be listed', undefined);
  return [...pathsByStem(await source.list(folder), extensions).values()].sort();
}

async function readClasses(source: ImageSource, file: string): Promise<string[]> {
  const text = await textIfThere(source, file);
  const names = text.split(/\r?\n|\r/).map((line) => line.trim());
  const classes = names.filter((name) => name !== '');
  check(classes.length > 0, 'classes', `names in the order of their indices, or a file ${file}`, undefined);
  return classes;
}

async function textIfThere(source: ImageSource, file: string): Promise<string> {
  try {
    return decodeText(await source.bytes(file), file);
  } catch (error) {
    if (error instanceof MissingFileError) return '';
    throw error;
  }
}
