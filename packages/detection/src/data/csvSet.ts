import { resolveOptions } from '@tfjs-compress/math/internal';
import { decodeText } from './decodeText.js';
import type { PictureSet } from './PictureSet.js';
import { join, type PictureSource } from './PictureSource.js';
import { parseCsv } from './parseCsv.js';
import { type ReadOptions, readDefaults, readPictures } from './readPictures.js';

export interface CsvOptions extends ReadOptions {}

/** Reads a table of objects with the pictures it names. */
export async function csvSet(
  owner: string,
  annotations: PictureSource,
  file: string,
  pictures: PictureSource,
  options: CsvOptions = {},
): Promise<PictureSet> {
  const given = resolveOptions<typeof readDefaults>(owner, options, readDefaults);
  const described = parseCsv(decodeText(await annotations.bytes(file), file), file);
  const entries = described.map((each) => ({
    name: each.name,
    describe: () => ({ ...each, paths: [join('', each.name)] }),
  }));
  return readPictures(owner, pictures, entries, given);
}
