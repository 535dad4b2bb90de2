import type { Tensor } from '@tensorflow/tfjs-core';
import type { LayersModel, LayerVariable } from '@tensorflow/tfjs-layers';
import { assign, assignValues } from './kernels.js';

/** From coarse to fine. */
const bitChoices = [1, 2, 3, 4, 5, 6, 8, 10];

/**
 * Rounds what is left in float32 (biases, batch normalization, kernels that are not
 * trained) as coarsely as the score allows: first kernels, then the rest.
 *
 * @param kernels What a plan has taken care of already.
 * @param score Of the model as it is at the moment.
 * @param lowest What it may fall to.
 */
export async function roundRest(
  model: LayersModel,
  kernels: Set<LayerVariable>,
  score: () => Promise<number>,
  lowest: number,
): Promise<void> {
  const rest = model.weights.filter((weight) => !kernels.has(weight) && weight.read().dtype === 'float32');
  const groups = [rest.filter(({ shape }) => shape.length > 1), rest.filter(({ shape }) => shape.length <= 1)];
  for (const group of groups) if (group.length > 0) await roundGroup(group, score, lowest);
}

async function roundGroup(group: LayerVariable[], score: () => Promise<number>, lowest: number): Promise<void> {
  const originals: Tensor[] = group.map((weight) => weight.read().clone());
  const values = await Promise.all(originals.map((original) => original.data() as Promise<Float32Array>));
  const round = (bits: number) => {
    for (const [i, weight] of group.entries()) assignValues(weight, rounded(values[i], bits, isPositive(weight)));
  };
  // Finer rounding is taken to be at least as good, so that few scores are needed.
  let [low, high] = [0, bitChoices.length];
  try {
    while (low < high) {
      const middle = (low + high) >> 1;
      round(bitChoices[middle]);
      if ((await score()) >= lowest) high = middle;
      else low = middle + 1;
    }
  } finally {
    if (low === high && high < bitChoices.length) round(bitChoices[high]);
    else for (const [i, weight] of group.entries()) assign(weight, originals[i]);
    for (const original of originals) original.dispose();
  }
}

/** Scales and variances, which 0 would destroy. */
function isPositive({ originalName }: LayerVariable): boolean {
  return /gamma|variance/.test(originalName);
}

/**
 * To multiples of a power of two, of which the largest magnitude is at least 2^(bits-1);
 * or to so many bits of mantissa, each by itself.
 */
export function rounded(values: Float32Array, bits: number, isRelative: boolean): Float32Array {
  if (isRelative) return values.map((value) => toMultiple(value, Math.floor(Math.log2(Math.abs(value))) - bits));
  const most = values.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
  const exponent = Math.floor(Math.log2(most)) - bits + 1;
  return values.map((value) => toMultiple(value, exponent));
}

function toMultiple(value: number, exponent: number): number {
  // 2 ** exponent is 0 or not exact far below what float32 holds, and the largest would
  // round to infinity.
  if (value === 0 || exponent < -126 || exponent > 100) return value;
  return Math.round(value / 2 ** exponent) * 2 ** exponent || 0;
}
