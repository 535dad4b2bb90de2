import { basename, dirname } from 'node:path';
import { type CocoOptions, cocoSet } from './cocoSet.js';
import { type CsvOptions, csvSet } from './csvSet.js';
import { folderSource } from './folderSource.js';
import type { ImageSet } from './ImageSet.js';
import { type VocOptions, vocSet } from './vocSet.js';
import { type YoloOptions, yoloSet } from './yoloSet.js';

// All of them: images are decoded by sharp when they are needed, and turned as their EXIF
// data say; boxes are taken for those of the turned image, and an image of another size
// than it is annotated with is an error that names it.

/**
 * Reads a folder in PASCAL VOC's layout, or of files in VOC's format as LabelImg writes
 * them.
 *
 * @throws Error that names the file; ArgumentError for options.
 * @example
 * const set = await readVoc('VOC2007', { split: 'trainval' });
 * const own = await readVoc('labelled', { names: 'all', folders: { annotations: '.', images: '.' } });
 */
export async function readVoc(folder: string, options: VocOptions): Promise<ImageSet> {
  return vocSet('readVoc', await folderSource(folder), options);
}

/**
 * Reads COCO's instances_*.json and the images in a folder.
 *
 * @throws Error that names the file; ArgumentError for options.
 * @example
 * const people = await readCoco('instances_val2017.json', 'val2017', { classes: ['person'], otherClasses: 'skip' });
 */
export async function readCoco(
  annotationsFile: string,
  imagesFolder: string,
  options?: CocoOptions,
): Promise<ImageSet> {
  return cocoSet('readCoco', ...(await fileAndImages(annotationsFile, imagesFolder)), options);
}

/**
 * Reads a folder of images with YOLO's label files.
 *
 * @throws Error that names the file; ArgumentError for options.
 * @example
 * const set = await readYolo('cells', { classes: ['red', 'white'], folders: { images: 'images/train' } });
 */
export async function readYolo(folder: string, options?: YoloOptions): Promise<ImageSet> {
  return yoloSet('readYolo', await folderSource(folder), options);
}

/**
 * Reads a CSV table, one object a row: filename, class, xmin, ymin, xmax, ymax, maybe
 * width and height, in any order; or without a first row of names: path, x1, y1, x2, y2,
 * class.
 *
 * @throws Error that names the file; ArgumentError for options.
 * @example
 * const set = await readCsv('labels.csv', 'images');
 */
export async function readCsv(annotationsFile: string, imagesFolder: string, options?: CsvOptions): Promise<ImageSet> {
  return csvSet('readCsv', ...(await fileAndImages(annotationsFile, imagesFolder)), options);
}

/**
 * A source of the file's folder, the file's name, and a source of images, which lie
 * elsewhere.
 */
async function fileAndImages(annotations: string, images: string) {
  return [await folderSource(dirname(annotations)), basename(annotations), await folderSource(images)] as const;
}
