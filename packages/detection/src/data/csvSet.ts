import { resolveOptions } from '@tfjs-compress/math/internal';
import { decodeText } from './decodeText.js';
import type { ImageSet } from './ImageSet.js';
import { type ImageSource, join } from './ImageSource.js';
import { parseCsv } from './parseCsv.js';
import { type ReadOptions, readDefaults, readImages } from './readImages.js';

export interface CsvOptions extends ReadOptions {}

/** Reads a table of objects with the images it names. */
export async function csvSet(
  owner: string,
  annotations: ImageSource,
  file: string,
  images: ImageSource,
  options: CsvOptions = {},
): Promise<ImageSet> {
  const given = resolveOptions<typeof readDefaults>(owner, options, readDefaults);
  const described = parseCsv(decodeText(await annotations.bytes(file), file), file);
  const entries = described.map((each) => ({
    name: each.name,
    describe: () => ({ ...each, paths: [join('', each.name)] }),
  }));
  return readImages(owner, images, entries, given);
}
