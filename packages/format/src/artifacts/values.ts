import { numbersIn } from './bytes.js';
import { fromHalves } from './half.js';
import { arrays } from './layout.js';

/** What says how a weight's numbers are stored, of its entry in weightSpecs. */
interface StoredSpec {
  dtype: string;
  quantization?: { dtype: string; scale?: number; min?: number };
}

/** The dtype that a weight is stored as. */
export function storedAs({ dtype, quantization }: StoredSpec): string {
  return quantization?.dtype ?? dtype;
}

/** Whether a weight is of real numbers: not of strings, not of complex ones. */
export function isReal(spec: StoredSpec): boolean {
  return !['string', 'complex64'].includes(storedAs(spec));
}

/**
 * The values of a weight of real numbers, dequantized as tfjs does it. What is stored as
 * float32 stays where it is, if it is aligned.
 */
export function valuesOf({ spec, bytes }: { spec: StoredSpec; bytes: Uint8Array }): Float32Array<ArrayBuffer> {
  const { dtype, quantization } = spec;
  const stored = numbersIn(bytes, arrays.get(quantization?.dtype ?? dtype)!);
  if (stored instanceof Float32Array) return stored;
  if (quantization?.dtype === 'float16') return fromHalves(stored);
  const { scale = 1, min = 0 } = quantization ?? {};
  const round = quantization && dtype === 'int32' ? Math.round : Number;
  return Float32Array.from(stored, (value) => round(value * scale + min));
}

/** Values with 0 where a state says that a weight is pruned. */
export function maskedBy(values: Float32Array, states: ArrayLike<number>): Float32Array<ArrayBuffer> {
  return values.map((value, i) => (states[i] === 0 ? 0 : value));
}
