import { basename, dirname } from 'node:path';
import { type CocoOptions, cocoSet } from './cocoSet.js';
import { folderSource } from './folderSource.js';
import type { PictureSet } from './PictureSet.js';

/** Reads COCO's instances_*.json and the pictures in a folder, decoded by sharp when they are needed. Errors name the file. */
export function readCoco(annotationsFile: string, picturesFolder: string, options?: CocoOptions): Promise<PictureSet> {
  return cocoSet(
    folderSource(dirname(annotationsFile)),
    basename(annotationsFile),
    folderSource(picturesFolder),
    options,
  );
}
