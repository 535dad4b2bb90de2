/** What the other packages of this repository use; outside of semantic versioning. */
export { bytesOf, float32Of } from './artifacts/bytes.js';
export { stripArtifacts } from './artifacts/stripArtifacts.js';
export { joinBuffers, type StoredWeight, storedBytes, storedWeights, withWeights } from './artifacts/weights.js';
export { columnsOf } from './codec/columnsOf.js';
export { FormatError } from './codec/FormatError.js';
export { primer } from './codec/primer.js';
export { readContainer } from './decode/readContainer.js';
export { readDescription } from './decode/readDescription.js';
export { builtin, readFile, writeFile } from './io/files.js';
