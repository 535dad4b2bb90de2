// biome-ignore-all assist/source/organizeImports: bundles that begin with the modules deflate best.
import { all } from './program/binaries.js';
import { readGraph } from './graph/readGraph.js';
import { allLayers } from './lower/allLayers.js';
import { Model } from './Model.js';
import { optimize } from './passes/optimize.js';
import { instantiate } from './program/instantiate.js';
import { checkOptions, type LoadOptions, readSource, type Source } from './readSource.js';

export { UnsupportedLayerError } from './graph/UnsupportedLayerError.js';
export type { Model, Prediction } from './Model.js';
export type { ModelInput, Numbers, TensorInfo } from './ModelInput.js';
export type { Artifacts, LoadOptions, Source } from './readSource.js';

/**
 * Loads a model, a compressed file (.tfz) or the artifacts of a tf.LayersModel, and makes
 * it ready to run without TensorFlow.js.
 *
 * @param source The URL of a compressed file, its bytes, a Response, a File or a list of
 *   one, or an object with modelTopology, weightSpecs and weightData (also from a
 *   handler's load()).
 * @param options signal, onProgress, maxBytes, name: see LoadOptions.
 * @throws UnsupportedLayerError for a model that cannot be run, with the layer and the
 *   reason; FormatError for a file that is not a whole compressed model; Error for an
 *   unknown option, or when a request fails.
 * @example
 * const model = await loadModel('digits.tfz');
 * const probabilities = model.predict(pixels);
 */
export async function loadModel(source: Source, options: LoadOptions = {}): Promise<Model> {
  const { signal, onProgress, maxBytes } = options;
  checkOptions(options);
  signal?.throwIfAborted();
  // What is compiled is ready when the file arrives.
  const [artifacts, instance] = await Promise.all([readSource(source, options), instantiate(all)]);
  const graph = optimize(readGraph(artifacts));
  const model = new Model({ graph, lowerings: allLayers, maxBytes, instance });
  signal?.throwIfAborted();
  onProgress?.(1);
  return model;
}
