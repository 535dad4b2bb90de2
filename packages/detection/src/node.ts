export { decodePicture } from './data/decodePicture.js';
export { type ReadVocOptions, readVoc } from './data/readVoc.js';
