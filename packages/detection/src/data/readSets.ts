import { basename, dirname } from 'node:path';
import { type CocoOptions, cocoSet } from './cocoSet.js';
import { type CsvOptions, csvSet } from './csvSet.js';
import { folderSource } from './folderSource.js';
import type { PictureSet } from './PictureSet.js';
import { type VocOptions, vocSet } from './vocSet.js';
import { type YoloOptions, yoloSet } from './yoloSet.js';

// All of them: pictures are decoded by sharp when they are needed, and turned as their EXIF data
// say; boxes are taken for those of the turned picture, and a picture of another size than it is
// annotated with is an error that names it.

/**
 * Reads a folder in PASCAL VOC's layout, or of files in VOC's format as LabelImg writes them.
 *
 * @throws Error that names the file; ArgumentError for options.
 * @example
 * const set = await readVoc('VOC2007', { split: 'trainval' });
 * const own = await readVoc('labelled', { names: 'all', folders: { annotations: '.', pictures: '.' } });
 */
export async function readVoc(folder: string, options: VocOptions): Promise<PictureSet> {
  return vocSet('readVoc', await folderSource(folder), options);
}

/**
 * Reads COCO's instances_*.json and the pictures in a folder.
 *
 * @throws Error that names the file; ArgumentError for options.
 * @example
 * const people = await readCoco('instances_val2017.json', 'val2017', { classes: ['person'], otherClasses: 'skip' });
 */
export async function readCoco(
  annotationsFile: string,
  picturesFolder: string,
  options?: CocoOptions,
): Promise<PictureSet> {
  return cocoSet('readCoco', ...(await fileAndPictures(annotationsFile, picturesFolder)), options);
}

/**
 * Reads a folder of pictures with YOLO's label files.
 *
 * @throws Error that names the file; ArgumentError for options.
 * @example
 * const set = await readYolo('cells', { classes: ['red', 'white'], folders: { pictures: 'images/train' } });
 */
export async function readYolo(folder: string, options?: YoloOptions): Promise<PictureSet> {
  return yoloSet('readYolo', await folderSource(folder), options);
}

/**
 * Reads a CSV table, one object a row: filename, class, xmin, ymin, xmax, ymax, maybe width and
 * height, in any order; or without a first row of names: path, x1, y1, x2, y2, class.
 *
 * @throws Error that names the file; ArgumentError for options.
 * @example
 * const set = await readCsv('labels.csv', 'pictures');
 */
export async function readCsv(
  annotationsFile: string,
  picturesFolder: string,
  options?: CsvOptions,
): Promise<PictureSet> {
  return csvSet('readCsv', ...(await fileAndPictures(annotationsFile, picturesFolder)), options);
}

/** A source of the file's folder, the file's name, and a source of pictures, which lie elsewhere. */
async function fileAndPictures(annotations: string, pictures: string) {
  return [await folderSource(dirname(annotations)), basename(annotations), await folderSource(pictures)] as const;
}
