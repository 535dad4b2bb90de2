import type { io } from '@tensorflow/tfjs-core';
import type { StoredWeight } from '@tfjs-compress/format/internal';
import type { Graph, Layer, Weight } from '@tfjs-compress/runtime/internal';

/** A weight that knows its place in weightSpecs. */
type Placed = Weight & { index?: number };

const sizes = ['units', 'filters', 'outputDim', 'useBias', 'targetShape', 'batchInputShape'];

/**
 * Writes what a pass changed into the topology that the graph was read from, and into the
 * stored weights.
 *
 * @param before The graph as read; its layers' raw configs are changed in place.
 * @param after The same nodes with other layers.
 * @returns The weights in the order of the file, a new bias behind its kernel.
 */
export function writeBack(before: Graph, after: Graph, stored: StoredWeight[]): StoredWeight[] {
  const changed = new Map<number, StoredWeight>();
  const added = new Map<number, StoredWeight>();
  const visit = (old: Layer, now: Layer) => {
    // tfjs does not save it, and then cannot load the model.
    const depthwise = now.className === 'SeparableConv2D' && now.weights.depthwiseKernel;
    if (depthwise) setConfig(old.raw, 'depthMultiplier', depthwise.shape[3]);
    if (old === now) return;
    for (const key of sizes)
      if (JSON.stringify(old.config[key]) !== JSON.stringify(now.config[key])) setConfig(old.raw, key, now.config[key]);
    for (const [field, weight] of Object.entries<Placed>(now.weights)) {
      if (weight === old.weights[field]) continue;
      const { index } = weight;
      if (index !== undefined) changed.set(index, encoded(weight, stored[index], old.weights[field]));
      else added.set(kernelOf(now).index!, asFloat32(weight));
    }
    for (const [i, inner] of old.inner.entries()) visit(inner, now.inner[i]);
  };
  for (const [i, { layer }] of before.nodes.entries()) visit(layer, after.nodes[i].layer);
  return stored.flatMap((weight, i) => [changed.get(i) ?? weight, ...(added.has(i) ? [added.get(i)!] : [])]);
}

function kernelOf({ weights }: Layer): Placed {
  return weights.pointwiseKernel ?? weights.kernel;
}

/** Under the key that is there, in the spelling of the file. */
function setConfig(raw: Record<string, unknown>, key: string, value: unknown): void {
  const snake = key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  const others = key === 'batchInputShape' ? ['batch_shape', 'batchShape'] : [];
  const existing = [snake, key, ...others].find((each) => each in raw);
  const isCamel = Object.keys(raw).some((each) => /[A-Z]/.test(each));
  raw[existing ?? (isCamel ? key : snake)] = value;
}

/**
 * Stored as before where all values can be: they are some of those that were there,
 * unless a constant went into a bias.
 */
function encoded(weight: Weight, { spec, bytes }: StoredWeight, before: Weight): StoredWeight {
  const type = spec.quantization?.dtype;
  if (!type) return { ...asFloat32(weight), spec: { ...spec, shape: weight.shape } };
  const codes = type === 'uint8' ? bytes : new Uint16Array(bytes.slice().buffer);
  const codeOf = new Map(Array.from(before.values, (value, i) => [value, codes[i]]));
  if (!weight.values.every((value) => codeOf.has(value))) return asFloat32(weight);
  const kept = Array.from(weight.values, (value) => codeOf.get(value)!);
  const again = type === 'uint8' ? Uint8Array.from(kept) : Uint16Array.from(kept);
  return { spec: { ...spec, shape: weight.shape }, bytes: new Uint8Array(again.buffer) };
}

function asFloat32({ name, shape, values }: Weight): StoredWeight {
  const spec: io.WeightsManifestEntry = { name, shape, dtype: 'float32' };
  return { spec, bytes: new Uint8Array(values.buffer, values.byteOffset, values.byteLength) };
}
