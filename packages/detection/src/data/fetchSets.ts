import { type CocoOptions, cocoSet } from './cocoSet.js';
import { type CsvOptions, csvSet } from './csvSet.js';
import type { ImageSet } from './ImageSet.js';
import { type VocOptions, vocSet } from './vocSet.js';
import { type Address, type FetchOptions, webSource } from './webSource.js';
import { type YoloOptions, yoloSet } from './yoloSet.js';

// All of them: images are fetched when they are needed, and turned as their EXIF data
// say; boxes are taken for those of the turned image, and an image of another size than
// it is annotated with is an error that names it when it is loaded.

/**
 * readVoc for the browser.
 *
 * @param address What Annotations, ImageSets and JPEGImages lie under; its query goes
 *   with every request. Or a function that gives the address of each file, for signed
 *   ones.
 * @example
 * const set = await fetchVoc('https://images.test/VOC2007', { split: 'train' });
 */
export function fetchVoc(address: Address, options: VocOptions & FetchOptions): Promise<ImageSet> {
  const { requestInit, ...rest } = options ?? {};
  return vocSet('fetchVoc', webSource(address, requestInit), rest);
}

/**
 * readCoco for the browser; `annotations` is the address of the JSON file, query and all.
 *
 * ```js
 * const at = 'https://images.test';
 * const set = await fetchCoco(`${at}/instances_val2017.json`, `${at}/val2017`); // …
 * ```
 *
 * @param annotations The address of the JSON file, query and all.
 * @param images What the images lie under, or a function that gives the address of each.
 * @param options Those of readCoco(), and `requestInit` of each request.
 * @throws Error that names the file; ArgumentError for options.
 */
export function fetchCoco(
  annotations: string | URL,
  images: Address,
  { requestInit, ...options }: CocoOptions & FetchOptions = {},
): Promise<ImageSet> {
  return cocoSet('fetchCoco', ...fileAndImages(annotations, images, requestInit), options);
}

/**
 * readYolo for the browser, where `names` is needed.
 *
 * ```js
 * const options = { names: ['a.jpg', 'b.jpg'], classes: ['red', 'white'] };
 * const set = await fetchYolo('https://images.test/cells', options); // …
 * ```
 *
 * @param address What images and labels lie under, or a function that gives the address
 *   of each file.
 * @param options Those of readYolo(), and `requestInit` of each request.
 * @throws Error that names the file; ArgumentError for options.
 */
export function fetchYolo(
  address: Address,
  { requestInit, ...options }: YoloOptions & FetchOptions = {},
): Promise<ImageSet> {
  return yoloSet('fetchYolo', webSource(address, requestInit), options);
}

/**
 * readCsv for the browser; `annotations` is the address of the table, query and all.
 *
 * ```js
 * const at = 'https://images.test';
 * const set = await fetchCsv(`${at}/labels.csv`, `${at}/images`); // …
 * ```
 *
 * @param annotations The address of the table, query and all.
 * @param images What the images lie under, or a function that gives the address of each.
 * @param options Those of readCsv(), and `requestInit` of each request.
 * @throws Error that names the file; ArgumentError for options.
 */
export function fetchCsv(
  annotations: string | URL,
  images: Address,
  { requestInit, ...options }: CsvOptions & FetchOptions = {},
): Promise<ImageSet> {
  return csvSet('fetchCsv', ...fileAndImages(annotations, images, requestInit), options);
}

/**
 * A source of one file, that file's name, and a source of images, which lie elsewhere.
 */
function fileAndImages(annotations: string | URL, images: Address, requestInit?: RequestInit) {
  const path = String(annotations).replace(/[?#].*$/s, '');
  const name = path.slice(path.lastIndexOf('/') + 1);
  return [webSource(() => annotations, requestInit), name, webSource(images, requestInit)] as const;
}
