export { readCoco } from './data/readCoco.js';
export { readVoc } from './data/readVoc.js';
