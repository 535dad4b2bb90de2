// biome-ignore-all assist/source/organizeImports: bundles that begin with the modules deflate best.
import { all } from '../program/binaries.js';
import { readGraph } from '../graph/readGraph.js';
import { allLayers } from '../lower/allLayers.js';
import { optimize } from '../passes/optimize.js';
import { instantiate } from '../program/instantiate.js';
import { checkOptions, type LoadOptions, readSource, type Source } from '../readSource.js';
import { Detector } from './Detector.js';
import { networkOf } from './network.js';
import { readConfig } from './readConfig.js';
import { responseNormalization } from './responseNormalization.js';
import { Stages } from './Stages.js';

const lowerings = { ...allLayers, LocalResponseNormalization: responseNormalization };

/**
 * Loads a detector that Detector.save() of @tfjs-compress/detection wrote, compressed or
 * not, and makes it ready to run without TensorFlow.js.
 *
 * @param source The URL of a compressed file, its bytes, a Response, a File or a list of
 *   one, or an object with modelTopology, weightSpecs, weightData and userDefinedMetadata
 *   (also from a handler's load()).
 * @param options signal, onProgress, maxBytes, name: see LoadOptions.
 * @throws ArgumentError for a model that is not a detector; UnsupportedLayerError for a
 *   layer that cannot be run, with the reason; FormatError for a file that is not a whole
 *   compressed model; Error for an unknown option, or when a request fails.
 * @example
 * const detector = await loadDetector('cells.tfz');
 * const cells = detector.detect(context.getImageData(0, 0, 640, 480));
 */
export async function loadDetector(source: Source, options: LoadOptions = {}): Promise<Detector> {
  const { signal, onProgress, maxBytes } = options;
  checkOptions(options, 'loadDetector');
  signal?.throwIfAborted();
  const [artifacts, instance] = await Promise.all([readSource(source, options), instantiate(all)]);
  const config = readConfig(artifacts.userDefinedMetadata);
  const network = networkOf(readGraph(artifacts), config);
  const detector = new Detector(
    config,
    new Stages({ network, config, instance, lowerings, prepare: optimize, maxBytes }),
  );
  signal?.throwIfAborted();
  onProgress?.(1);
  return detector;
}
