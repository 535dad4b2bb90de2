import { folderSource } from './folderSource.js';
import type { PictureSet } from './PictureSet.js';
import { type VocOptions, vocSet } from './vocSet.js';

/** Reads a folder in PASCAL VOC's layout; pictures are decoded by sharp when they are needed. Errors name the file. */
export function readVoc(folder: string, options: VocOptions): Promise<PictureSet> {
  return vocSet(folderSource(folder), options);
}
