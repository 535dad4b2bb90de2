import { check, resolveOptions } from '@tfjs-compress/math/internal';
import { checkClasses } from './checkClasses.js';
import { decodeText } from './decodeText.js';
import type { PictureSet } from './PictureSet.js';
import { extensions, join, MissingFileError, type PictureSource, splitExtension } from './PictureSource.js';
import { parseYolo, yoloObjects } from './parseYolo.js';
import { pathsByStem } from './pathsByStem.js';
import { type Described, type ReadOptions, readDefaults, readPictures } from './readPictures.js';

export interface YoloOptions extends Omit<ReadOptions, 'otherClasses'> {
  /**
   * Names of the classes in the order of their indices, as data.yaml lists them. Default: the
   * lines of classes.txt beside the labels, which LabelImg writes.
   */
  classes?: readonly string[];
  /** Paths of the pictures in their folder. Default: all of them; on the web it is needed. */
  names?: readonly string[];
  /** Where files are below the folder; '.' is the folder itself. */
  folders?: {
    /** Default 'images'. For one split of several 'images/train', say. */
    pictures?: string;
    /** Default: `pictures` with 'labels' instead of its last 'images'. */
    labels?: string;
  };
}

const { otherClasses: _, ...shared } = readDefaults;
const defaults = { names: undefined, folders: {}, ...shared } as typeof shared &
  Pick<YoloOptions, 'names'> & { folders: object };

/** Reads pictures with YOLO's label files. A picture without one is a picture without objects. */
export async function yoloSet(owner: string, source: PictureSource, options: YoloOptions = {}): Promise<PictureSet> {
  const given = resolveOptions<typeof defaults>(owner, options as object, defaults);
  const folderDefaults = { pictures: 'images', labels: undefined as string | undefined };
  const folders = resolveOptions(`${owner}.folders`, given.folders, folderDefaults);
  const labels = folders.labels ?? folders.pictures.replace(/images(?!.*images)/, 'labels');
  const classes = given.classes ?? (await readClasses(source, join(labels, 'classes.txt')));
  checkClasses(classes);
  const names = given.names ?? (await listed(source, folders.pictures));
  check(names.length > 0, 'names', 'at least one picture', 'none');
  const describe = async (name: string): Promise<Described> => {
    const file = join(labels, `${splitExtension(name)[0]}.txt`);
    const objects = parseYolo(await textIfThere(source, file), file, classes);
    return {
      name,
      objects: (width, height) => yoloObjects(objects, width, height),
      paths: [join(folders.pictures, name)],
    };
  };
  const entries = names.map((name) => ({ name, describe: () => describe(name) }));
  return readPictures(owner, source, entries, { ...readDefaults, ...given, classes });
}

async function listed(source: PictureSource, folder: string): Promise<string[]> {
  check(source.list !== undefined, 'names', 'the paths of the pictures, as files on the web cannot be listed', undefined);
  return [...pathsByStem(await source.list(folder), extensions).values()].sort();
}

async function readClasses(source: PictureSource, file: string): Promise<string[]> {
  const text = await textIfThere(source, file);
  const names = text.split(/\r?\n|\r/).map((line) => line.trim());
  const classes = names.filter((name) => name !== '');
  check(classes.length > 0, 'classes', `names in the order of their indices, or a file ${file}`, undefined);
  return classes;
}

async function textIfThere(source: PictureSource, file: string): Promise<string> {
  try {
    return decodeText(await source.bytes(file), file);
  } catch (error) {
    if (error instanceof MissingFileError) return '';
    throw error;
  }
}
