/** Annotated images: read from the web, as a data set of tfjs, augmented, written. */
export { type AugmentOptions, augmentImage } from './data/augment.js';
export type { CocoOptions } from './data/cocoSet.js';
export type { CsvOptions } from './data/csvSet.js';
export { fetchCoco, fetchCsv, fetchVoc, fetchYolo } from './data/fetchSets.js';
export type { AnnotatedImage, Annotation, ImageSet, Pixels, Skipped } from './data/ImageSet.js';
export { type ImageExample, imageExamples } from './data/imageExamples.js';
export type { ReadOptions } from './data/readImages.js';
export type { VocOptions } from './data/vocSet.js';
export type { Address, FetchOptions } from './data/webSource.js';
export type { YoloOptions } from './data/yoloSet.js';
export { type YoloTextOptions, yoloText } from './data/yoloText.js';
