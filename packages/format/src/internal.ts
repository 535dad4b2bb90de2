/** What the other packages of this repository use; outside of semantic versioning. */
export {
  float32Of,
  joinBuffers,
  type StoredWeight,
  storedBytes,
  storedWeights,
  withWeights,
} from './artifactBytes.js';
export { readContainer } from './decoder/container.js';
export { columnsOf, readDescription } from './decoder/description.js';
export { FormatError } from './decoder/FormatError.js';
export { primer } from './decoder/primer.js';
export { bytesOf } from './decoder/readSource.js';
export { builtin, readFile, writeFile } from './files.js';
export { stripArtifacts } from './stripArtifacts.js';
