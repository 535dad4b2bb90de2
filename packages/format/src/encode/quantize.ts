import type { io } from '@tensorflow/tfjs-core';
import { check, checkKnownOptions } from '@tfjs-compress/math/internal';
import { roundToHalf } from '../artifacts/half.js';
import { bitsOf, floatOf, type TensorPlan } from '../codec/TensorPlan.js';

/**
 * Weights by name: '*' stands for any characters ('*' alone is all), a list for any of
 * its entries.
 */
export type WeightSelector = string | RegExp | readonly (string | RegExp)[] | ((name: string) => boolean);

/** Which float32 weights may lose precision in the file, and how. Zeros stay zeros. */
export interface Lossy {
  /** Rounded to the nearest float16; beyond ±65504 to that. */
  float16?: WeightSelector;
  /**
   * Rounded to the nearest of 256 equally spaced values from the smallest to the largest
   * of each tensor.
   */
  uint8?: WeightSelector;
}

/**
 * @throws ArgumentError for a selector, or an entry of a list, that none of the weights
 *   that could be quantized matches.
 */
export function checkLossy(lossy: Lossy, specs: io.WeightsManifestEntry[]): void {
  checkKnownOptions(lossy, ['float16', 'uint8'], 'quantize');
  const names = specs.filter(isLossless).map(({ name }) => name);
  for (const [coding, selector] of Object.entries(lossy)) {
    if (selector === undefined) continue;
    check(
      !Array.isArray(selector) || selector.length > 0,
      `quantize.${coding}`,
      'a selector or a list of some',
      selector,
    );
    check(names.length > 0, `quantize.${coding}`, 'a model with float32 weights', names);
    const some = names.slice(0, 5).join("', '") + (names.length > 5 ? `', … (${names.length})` : "'");
    for (const each of Array.isArray(selector) ? selector : [selector]) {
      const isSome = names.some((name) => matches(each, name));
      check(isSome, `quantize.${coding}`, `a selector of some of the float32 weights '${some}`, each);
    }
  }
}

/**
 * Whether a weight is float32 that can lose precision: states of the optimizer and what
 * is stored with less of it do not.
 */
function isLossless({ dtype, quantization, group }: io.WeightsManifestEntry): boolean {
  return dtype === 'float32' && !quantization && group !== 'optimizer';
}

/**
 * Rounds `data` (float32 bits) in place as `lossy` asks for; returns min and scale, in
 * bits, where it was to uint8.
 */
export function quantize(
  data: Int32Array,
  spec: io.WeightsManifestEntry,
  lossy: Lossy,
): TensorPlan['affine'] | undefined {
  if (!isLossless(spec)) return undefined;
  const [toHalf, toByte] = [matches(lossy.float16, spec.name), matches(lossy.uint8, spec.name)];
  check(!(toHalf && toByte), 'quantize', `one coding for weight '${spec.name}'`, 'both float16 and uint8');
  if (toHalf) for (let i = 0; i < data.length; i++) data[i] = bitsOf(roundToHalf(floatOf(data[i])));
  return toByte ? roundToAffine(data) : undefined;
}

function matches(selector: WeightSelector | undefined, name: string): boolean {
  if (selector === undefined) return false;
  if (typeof selector === 'function') return selector(name);
  // With g or y a RegExp keeps where it was.
  if (selector instanceof RegExp) return new RegExp(selector.source, selector.flags.replace(/[gy]/g, '')).test(name);
  if (typeof selector !== 'string') return selector.some((each) => matches(each, name));
  const escaped = selector.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*');
  return new RegExp(`^${escaped}$`).test(name);
}

/**
 * Rounds to min + q × scale in place and returns the two; undefined, with nothing
 * changed, unless all values are finite.
 */
function roundToAffine(data: Int32Array): TensorPlan['affine'] | undefined {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (const bits of data) {
    const value = floatOf(bits);
    if (!Number.isFinite(value)) return undefined;
    min = Math.min(min, value);
    max = Math.max(max, value);
  }
  const scale = Math.fround((max - min) / 255);
  if (!(scale > 0)) return undefined;
  for (let i = 0; i < data.length; i++) {
    if ((data[i] & 0x7fffffff) === 0) continue;
    const q = Math.min(255, Math.max(0, Math.round((floatOf(data[i]) - min) / scale)));
    data[i] = bitsOf(min + q * scale);
  }
  return [bitsOf(min), bitsOf(scale)];
}
