export { fileStore } from './data/fileStore.js';
export { readImage } from './data/folderSource.js';
export { readCoco, readCsv, readVoc, readYolo } from './data/readSets.js';
