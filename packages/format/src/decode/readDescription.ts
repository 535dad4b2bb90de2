import type { io } from '@tensorflow/tfjs-core';
import { type Layout, layoutOf } from '../artifacts/layout.js';
import { parseDescription, type WeightEntry } from '../codec/description.js';
import { invalid } from '../codec/FormatError.js';

/** What a file holds but the weights' data. */
export interface Description {
  artifacts: io.ModelArtifacts;
  specs: io.WeightsManifestEntry[];
  /** One a weight. */
  layouts: Layout[];
}

/**
 * Reads a file's text; throws an Error for what is no description of weights of so many
 * bytes.
 */
export function readDescription(text: Uint8Array, weightBytes: number): Description {
  const parsed = parseDescription(new TextDecoder('utf-8', { fatal: true }).decode(text));
  // A forged description may have the others, too.
  const { weights, weightSpecs, weightData, getWeightStream, ...artifacts } = parsed;
  const specs: io.WeightsManifestEntry[] = (weights ?? []).map(toSpec);
  if (weights) artifacts.weightSpecs = specs;
  const layouts = specs.map(layoutOf);
  if (layouts.reduce((sum, { bytes }) => sum + bytes, 0) !== weightBytes) invalid('size of the weights');
  return { artifacts, specs, layouts };
}

/**
 * The weight specification that an entry stands for; throws an Error when the entry is
 * not well-formed.
 */
function toSpec(entry: WeightEntry): io.WeightsManifestEntry {
  const [name, shape, dtype = 'float32', more] = entry;
  if (typeof name !== 'string' || !Array.isArray(shape)) invalid('weight');
  return { ...more, name, shape, dtype: dtype as io.WeightsManifestEntry['dtype'] };
}
