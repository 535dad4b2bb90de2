import { type CocoOptions, cocoSet } from './cocoSet.js';
import { type CsvOptions, csvSet } from './csvSet.js';
import type { PictureSet } from './PictureSet.js';
import { type VocOptions, vocSet } from './vocSet.js';
import { type Address, type FetchOptions, webSource } from './webSource.js';
import { type YoloOptions, yoloSet } from './yoloSet.js';

// All of them: pictures are fetched when they are needed, and turned as their EXIF data say; boxes
// are taken for those of the turned picture, and a picture of another size than it is annotated
// with is an error that names it when it is loaded.

/**
 * readVoc for the browser.
 *
 * @param address What Annotations, ImageSets and JPEGImages lie under; its query goes with every
 *   request. Or a function that gives the address of each file, for signed ones.
 * @example
 * const set = await fetchVoc('https://pictures.test/VOC2007', { split: 'train' });
 */
export function fetchVoc(address: Address, options: VocOptions & FetchOptions): Promise<PictureSet> {
  const { requestInit, ...rest } = options ?? {};
  return vocSet('fetchVoc', webSource(address, requestInit), rest);
}

/** readCoco for the browser; `annotations` is the address of the JSON file, query and all. */
export function fetchCoco(
  annotations: string | URL,
  pictures: Address,
  { requestInit, ...options }: CocoOptions & FetchOptions = {},
): Promise<PictureSet> {
  return cocoSet('fetchCoco', ...fileAndPictures(annotations, pictures, requestInit), options);
}

/** readYolo for the browser, where `names` is needed. */
export function fetchYolo(
  address: Address,
  { requestInit, ...options }: YoloOptions & FetchOptions = {},
): Promise<PictureSet> {
  return yoloSet('fetchYolo', webSource(address, requestInit), options);
}

/** readCsv for the browser; `annotations` is the address of the table, query and all. */
export function fetchCsv(
  annotations: string | URL,
  pictures: Address,
  { requestInit, ...options }: CsvOptions & FetchOptions = {},
): Promise<PictureSet> {
  return csvSet('fetchCsv', ...fileAndPictures(annotations, pictures, requestInit), options);
}

/** A source of one file, that file's name, and a source of pictures, which lie elsewhere. */
function fileAndPictures(annotations: string | URL, pictures: Address, requestInit?: RequestInit) {
  const path = String(annotations).replace(/[?#].*$/s, '');
  const name = path.slice(path.lastIndexOf('/') + 1);
  return [webSource(() => annotations, requestInit), name, webSource(pictures, requestInit)] as const;
}
