import type { io } from '@tensorflow/tfjs-core';
import { bytesOf, float32Of } from './bytes.js';
import { stockClassOf } from './stockClassOf.js';
import { maskedBy } from './values.js';
import { storedWeights, withWeights } from './weights.js';

/** What those layers say of their compression in a saved config, in either spelling. */
const compressionKeys = new Set(['targetSparsity', 'target_sparsity', 'rate', 'bits', 'perChannel', 'per_channel']);

/**
 * The artifacts of a stock model that computes the same: Masked… and PowerOfTwo… layers
 * become the built-in ones they extend, their kernels hold the effective weights (pruned
 * ones are 0), and the states are left out. Artifacts without such layers are returned as
 * they are.
 */
export function stripArtifacts(artifacts: io.ModelArtifacts): io.ModelArtifacts {
  const converted = new Set<string>();
  const modelTopology = stripTopology(artifacts.modelTopology, converted);
  if (converted.size === 0) return artifacts;
  const weights = storedWeights(artifacts);
  const states = new Map(
    weights.filter(({ spec }) => isState(spec.name, converted)).map((each) => [each.spec.name, each]),
  );
  const kept = weights.filter(({ spec }) => !states.has(spec.name));
  const masked = kept.map((weight) => {
    const state = states.get(`${weight.spec.name}_state`);
    return state ? { ...weight, bytes: bytesOf(maskedBy(float32Of(weight.bytes), float32Of(state.bytes))) } : weight;
  });
  return withWeights({ ...artifacts, modelTopology: modelTopology as object }, masked);
}

/** The topology with stock classes; adds the names of the layers that were converted. */
function stripTopology(json: unknown, converted: Set<string>): unknown {
  if (Array.isArray(json)) return json.map((each) => stripTopology(each, converted));
  if (json === null || typeof json !== 'object') return json;
  const copy = Object.fromEntries(Object.entries(json).map(([key, value]) => [key, stripTopology(value, converted)]));
  for (const key of ['class_name', 'className']) {
    const stock = typeof copy[key] === 'string' && stockClassOf(copy[key]);
    if (!stock) continue;
    copy[key] = stock;
    const config = (copy.config ?? {}) as Record<string, unknown>;
    copy.config = Object.fromEntries(Object.entries(config).filter(([name]) => !compressionKeys.has(name)));
    converted.add(String(config.name));
  }
  return copy;
}

function isState(name: string, layers: Set<string>): boolean {
  const [layer, field] = name.split('/').slice(-2);
  return /^(depthwise_|pointwise_)?kernel_state$/.test(field ?? '') && layers.has(layer);
}
