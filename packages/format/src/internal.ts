/** What the other packages of this repository use; outside of semantic versioning. */
export {
  float32Of,
  joinBuffers,
  type StoredWeight,
  storedBytes,
  storedWeights,
  withWeights,
} from './artifactBytes.js';
export { builtin, readFile, writeFile } from './files.js';
export { stripArtifacts } from './stripArtifacts.js';
