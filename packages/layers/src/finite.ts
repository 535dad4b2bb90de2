import { PRUNED } from '@tfjs-compress/math';
import { countNonFinite } from '@tfjs-compress/math/internal';

/**
 * @throws Error naming the weight and how many of its values are NaN or infinite, if any.
 */
export function checkFinite(values: Float32Array, path: string): void {
  let sum = 0;
  // 0 for what is finite, else NaN.
  for (let i = 0; i < values.length; i++) sum += values[i] * 0;
  if (sum === 0) return;
  const count = countNonFinite(values);
  throw new Error(`${path} holds ${count} NaN or infinite weights of ${values.length}. Did training diverge?`);
}

/**
 * The same values where none under the mask is NaN, else a copy with 0 in their place.
 */
export function withoutHiddenNaN(values: Float32Array, states: Uint8Array): Float32Array {
  // As integers: the bits of a NaN without its sign are above those of infinity.
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  let mended: Float32Array | undefined;
  for (let i = 0; i < values.length; i++) {
    if ((bits[i] & 0x7fffffff) < 0x7f800000 || states[i] !== PRUNED) continue;
    mended ??= values.slice();
    mended[i] = 0;
  }
  return mended ?? values;
}
