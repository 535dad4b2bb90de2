import { check, resolveOptions } from '@tfjs-compress/math/internal';
import { decodeText } from './decodeText.js';
import type { ImageSet } from './ImageSet.js';
import { extensions, type ImageSource, join, splitExtension } from './ImageSource.js';
import { parseVoc } from './parseVoc.js';
import { pathsByStem } from './pathsByStem.js';
import { type Described, type ReadOptions, readDefaults, readImages } from './readImages.js';

export interface VocOptions extends ReadOptions {
  /**
   * Which list of ImageSets/Main: 'train', 'val', 'trainval', 'test', … Several are
   * joined.
   */
  split?: string | readonly string[];
  /**
   * Instead of `split`: which images; 'all' is every file of the annotations' folder, in
   * Node.
   */
  names?: 'all' | readonly string[];
  /**
   * Where files are below the folder; '.' is the folder itself. Defaults: those of VOC.
   */
  folders?: {
    /** Default 'Annotations'. */
    annotations?: string;
    /** Default 'JPEGImages'. */
    images?: string;
    /** Default 'ImageSets/Main'. */
    splits?: string;
  };
}

const folderDefaults = { annotations: 'Annotations', images: 'JPEGImages', splits: 'ImageSets/Main' };
const defaults = { split: undefined, names: undefined, folders: {}, ...readDefaults } as typeof readDefaults &
  Pick<VocOptions, 'split' | 'names'> & { folders: object };

/**
 * Reads a folder in PASCAL VOC's layout (Annotations, ImageSets/Main, JPEGImages), or of
 * files that LabelImg, CVAT or Roboflow wrote in VOC's format. VOC counts pixels from 1
 * and includes the last: the numbers are taken as they are.
 */
export async function vocSet(owner: string, source: ImageSource, options: VocOptions): Promise<ImageSet> {
  const given = resolveOptions<typeof defaults>(owner, (options ?? {}) as object, defaults);
  const folders = resolveOptions(`${owner}.folders`, given.folders, folderDefaults);
  const names = await namesOf(source, given, folders);
  const imageOf = source.list && pathsByStem(await source.list(folders.images), extensions);
  const describe = async (name: string): Promise<Described> => {
    const file = join(folders.annotations, `${name}.xml`);
    const { filename, ...annotation } = parseVoc(await source.bytes(file), file);
    const extension = (filename && splitExtension(filename)[1]) || extensions[0];
    const own = filename?.split(/[\\/]/).pop();
    const paths = [imageOf?.get(name) ?? `${name}${extension}`, ...(own ? [own] : [])];
    return { name, ...annotation, paths: [...new Set(paths)].map((path) => join(folders.images, path)) };
  };
  const entries = names.map((name) => ({ name, describe: () => describe(name) }));
  return readImages(owner, source, entries, given);
}

async function namesOf(
  source: ImageSource,
  { split, names }: Pick<VocOptions, 'split' | 'names'>,
  folders: typeof folderDefaults,
): Promise<string[]> {
  check(split === undefined || names === undefined, 'names', 'no split beside it', names);
  if (names === 'all') {
    check(source.list !== undefined, 'names', 'a list, as files on the web cannot be listed', names);
    const stems = [...pathsByStem(await source.list(folders.annotations), ['.xml']).keys()];
    check(stems.length > 0, 'names', `XML files in ${folders.annotations}`, 'none');
    return stems.sort();
  }
  if (names !== undefined) {
    const areNames = Array.isArray(names) && names.every((name) => typeof name === 'string');
    check(areNames, 'names', "'all' or a list of names", names);
    return [...names];
  }
  const splits = typeof split === 'string' ? [split] : split;
  const isGood = Array.isArray(splits) && splits.length > 0 && splits.every((one) => typeof one === 'string');
  check(isGood, 'split', `a list of ${folders.splits}, such as 'train' (or names: 'all' without lists)`, split);
  const lists = await Promise.all(
    splits.map(async (one) => {
      const file = join(folders.splits, `${one}.txt`);
      return namesIn(decodeText(await source.bytes(file), file));
    }),
  );
  return [...new Set(lists.flat())];
}

/**
 * The names in a list. Lists of one class have a label, −1, 0 or 1, behind every name;
 * names may have spaces.
 */
export function namesIn(list: string): string[] {
  const lines = list.split(/\r?\n|\r/).map((line) => line.trim());
  const filled = lines.filter((line) => line !== '');
  const label = /\s+(-1|0|1)$/;
  return filled.every((line) => label.test(line)) ? filled.map((line) => line.replace(label, '')) : filled;
}
