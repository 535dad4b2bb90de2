/** What the other packages of this repository use; outside of semantic versioning. */
export { learningRateOf, setLearningRate } from './optimizerState.js';
export { formatSeconds } from './progress.js';
export { alignColumns } from './table.js';
