/** What the other packages of this repository use; outside of semantic versioning. */
export { artifactsOf } from './artifacts/artifactsOf.js';
export { bytesOf, float32Of, joined } from './artifacts/bytes.js';
export { arrays } from './artifacts/layout.js';
export { plainFiles } from './artifacts/plainFiles.js';
export { stockClassOf } from './artifacts/stockClassOf.js';
export { stripArtifacts } from './artifacts/stripArtifacts.js';
export { isReal, maskedBy, storedAs, valuesOf } from './artifacts/values.js';
export { joinBuffers, type StoredWeight, storedBytes, storedWeights, withWeights } from './artifacts/weights.js';
export { columnsOf } from './codec/columnsOf.js';
export { FormatError } from './codec/FormatError.js';
export { primer } from './codec/primer.js';
export { readContainer } from './decode/readContainer.js';
export { readDescription } from './decode/readDescription.js';
export { builtin, readFile, writeFile } from './io/files.js';
